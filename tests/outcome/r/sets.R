# The sets of rows that every script here is given: public ones of R's survival, and made ones for what those lack.
# Rscript all.R writes the *.json beside it; the tests read those and need no R.
suppressMessages({library(survival); library(jsonlite)})
keep <- function(name, value) write(toJSON(value, digits = I(17), auto_unbox = FALSE, na = "null"), paste0(name, ".json"))
set <- function(time, event, entry = NULL, weight = NULL, cluster = NULL, x = NULL, group = NULL, strata = NULL)
  list(time = time, event = as.integer(event), entry = entry, weight = weight,
       cluster = if (is.null(cluster)) NULL else as.integer(as.factor(cluster)), x = x,
       group = if (is.null(group)) NULL else as.integer(as.factor(group)),
       strata = if (is.null(strata)) NULL else as.integer(as.factor(strata)))
l <- na.omit(lung[, c("time", "status", "age", "sex", "ph.karno", "inst")])
h <- heart; h$start <- as.numeric(h$start); h$stop <- as.numeric(h$stop)
b <- bladder2[bladder2$stop > bladder2$start, ]
k <- kidney; c1 <- colon[colon$id <= 150, ]
set.seed(20261122)
n <- 300
made <- data.frame(entry = ifelse(runif(n) < .3, sample(0:40, n, TRUE), 0))
made$time <- made$entry + sample(1:60, n, TRUE); made$event <- sample(0:1, n, TRUE)
made$a <- round(rnorm(n), 3); made$b <- rbinom(n, 1, .4); made$weight <- round(runif(n, .2, 3), 3)
made$patient <- sample(1:200, n, TRUE); made$site <- sample(1:4, n, TRUE); made$state <- sample(0:3, n, TRUE)
sets <- list(
  lung = with(l, set(time, status == 2, x = cbind(age, sex, ph.karno), cluster = inst, group = sex, strata = ph.karno > 75)),
  veteran = with(veteran, set(time, status, x = cbind(trt, karno, diagtime, age), group = celltype, strata = prior)),
  ovarian = with(ovarian, set(futime, fustat, x = cbind(age, rx), group = rx, strata = resid.ds)),
  aml = with(aml, set(time, status, x = cbind(as.integer(x)), group = x)),
  heart = with(h, set(stop, event, start, cluster = id, x = cbind(age, year, surgery))),
  bladder = with(b, set(stop, event, start, cluster = id, x = cbind(rx, number, size), strata = enum)),
  kidney = with(k, set(time, status, cluster = id, x = cbind(age, sex), group = sex)),
  rats = with(rats[1:150, ], set(time, status, cluster = litter, x = cbind(rx), group = rx)),
  colon = with(c1, set(time, status, cluster = id, x = cbind(age, sex, obstruct), group = rx, strata = etype)),
  ties = with(made, set(time %/% 10 + 1, event, x = cbind(a, b), cluster = patient, group = b, strata = site)),
  weighted = with(made, set(time, event, weight = weight, x = cbind(a, b), group = b)),
  late = with(made, set(time, event, entry, weight = weight, cluster = patient, x = cbind(a, b), strata = site, group = b)),
  counts = with(made, set(time, event, weight = as.numeric(site), x = cbind(a, b), group = b)),
  fractional = with(made, set(time / 7 + .1, event, x = cbind(a, b), group = site)),
  none = set(c(3, 5, 9), c(0, 0, 0)), one = set(12, 1), alone = set(12, 0), all = set(c(2, 4, 4, 7), c(1, 1, 1, 1)))
p <- pbc[!is.na(pbc$trt), ]
etime <- with(mgus2, ifelse(pstat == 0, futime, ptime))[1:400]; estate <- with(mgus2, ifelse(pstat == 0, 2 * death, 1))[1:400]
competing <- list(
  mgus2 = set(etime, estate, group = mgus2$sex[1:400]), pbc = set(p$time, p$status, group = p$trt),
  ties = with(made, set(time %/% 10 + 1, state, group = b)), made = with(made, set(time, state, group = b)),
  late = with(made, set(time, state, entry)), weighted = with(made, set(time, state, weight = weight)),
  clustered = with(made, set(time, state, weight = weight, cluster = patient)),
  late_clustered = with(made, set(time, state, entry, cluster = patient)),
  fractional = with(made, set(time / 7 + .1, state)), alone = set(c(5, 9), c(1, 0)),
  kinds = set(c(2, 3, 3, 8), c(2, 1, 2, 1)))
