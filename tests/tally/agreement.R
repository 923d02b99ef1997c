# The numbers that tests/tally/ holds as fixtures. Run as: Rscript tests/tally/agreement.R
# with R 4.2.2 and survey 4.1.1. Nothing of Patency runs it: the values stand in the tests.
options(digits = 15)
suppressPackageStartupMessages(library(survey))
cat(R.version.string, "survey", as.character(packageVersion("survey")), "\n")
show <- function(what, value) cat(what, ":", format(value, digits = 15), "\n")

show("wilson 15/34", prop.test(15, 34, correct = FALSE)$conf.int)
show("wilson 0/12", prop.test(0, 12, correct = FALSE)$conf.int)
show("wilson 34/35", prop.test(34, 35, correct = FALSE)$conf.int)

x <- c(3.5, 1, 4, 1, 5, 9, 2.25, 6, 5, 3)
show("type 7", quantile(x, c(.25, .5, .75), type = 7, names = FALSE))
show("mean, sd", c(mean(x), sd(x)))

show("fisher 2x2 3 1 / 1 3", fisher.test(matrix(c(3, 1, 1, 3), 2))$p.value)
show("fisher 2x2 15 4 / 6 10", fisher.test(matrix(c(15, 6, 4, 10), 2))$p.value)
show("fisher 2x2 0 5 / 7 2", fisher.test(matrix(c(0, 7, 5, 2), 2))$p.value)
show("fisher 3x3", fisher.test(matrix(c(4, 2, 1, 0, 5, 2, 1, 1, 6), 3, byrow = TRUE))$p.value)
show("fisher 2x4", fisher.test(matrix(c(8, 2, 3, 1, 2, 7, 4, 6), 2, byrow = TRUE))$p.value)
show("fisher 3x4", fisher.test(matrix(c(3, 0, 2, 4, 1, 5, 0, 1, 2, 2, 6, 0), 3, byrow = TRUE))$p.value)
show("fisher 3x3 of 125", fisher.test(matrix(c(30, 23, 16, 21, 7, 7, 10, 6, 5), 3, byrow = TRUE))$p.value)
show("fisher 3x4 of 59", fisher.test(matrix(c(5, 8, 3, 6, 4, 2, 9, 5, 7, 7, 1, 2), 3, byrow = TRUE))$p.value)
show("fisher 2x5 of 245", fisher.test(matrix(c(40, 30, 20, 25, 12, 45, 30, 12, 9, 22), 2, byrow = TRUE))$p.value)
show("fisher 3x4 of 127", fisher.test(matrix(c(20, 10, 12, 5, 10, 9, 20, 8, 11, 7, 6, 9), 3, byrow = TRUE), workspace = 2e7)$p.value)
show("fisher 2x8 of 158", fisher.test(matrix(c(12, 3, 5, 9, 2, 8, 4, 7, 20, 13, 15, 9, 22, 8, 14, 7), 2, byrow = TRUE), workspace = 2e7)$p.value)
show("fisher 4x3 of 135", fisher.test(matrix(c(30, 12, 8, 14, 15, 20, 9, 3, 10, 5, 6, 3), 4, byrow = TRUE), workspace = 2e7)$p.value)
show("fisher 3x6 of 34", fisher.test(matrix(c(3, 1, 2, 0, 4, 1, 1, 3, 1, 2, 0, 5, 2, 2, 4, 1, 1, 1), 3, byrow = TRUE))$p.value)
show("binom 15 v 11", binom.test(15, 26)$p.value)
show("binom 20 v 5", binom.test(20, 25)$p.value)
show("chisq", chisq.test(matrix(c(40, 30, 20, 25, 45, 30), 2, byrow = TRUE), correct = FALSE)$p.value)
show("kruskal", kruskal.test(list(c(1, 2, 2, 5), c(3, 4, 4, 6, 7), c(2, 8, 9)))$p.value)

# Two strata of 20 and 49 invited; 6 and 9 answered, two of them not this question.
d <- data.frame(
  stratum = c(rep("a", 6), rep("b", 9)),
  invited = c(rep(20, 6), rep(49, 9)),
  institution = c("i1", "i1", "i2", "i3", "i3", "i4", "j1", "j1", "j2", "j2", "j3", "j4", "j4", "j5", "j5"),
  y = c(1, 0, 1, NA, 1, 0, 0, 0, 1, NA, 0, 1, 0, 0, 1),
  x = c(4, 7.5, 2, NA, 3, 8, 1, 2, 6, NA, 5.25, 9, 3, 3, 2))
d$w <- d$invited / ave(d$invited, d$stratum, FUN = length)
told <- function(name, design) {
  s <- subset(design, !is.na(y))
  m <- svymean(~y, s); show(paste(name, "y mean, se"), c(coef(m), SE(m)))
  show(paste(name, "y xlogit"), as.vector(attr(svyciprop(~y, s, method = "xlogit"), "ci")))
  show(paste(name, "y logit"), as.vector(attr(svyciprop(~y, s, method = "logit"), "ci")))
  show(paste(name, "degrees of freedom"), degf(s))
  m <- svymean(~x, s); show(paste(name, "x mean, se"), c(coef(m), SE(m)))
  show(paste(name, "x interval"), confint(m, df = degf(s)))
}
told("strata", svydesign(ids = ~1, strata = ~stratum, weights = ~w, data = d))
told("strata fpc", svydesign(ids = ~1, strata = ~stratum, weights = ~w, fpc = ~invited, data = d))
told("clusters", svydesign(ids = ~institution, strata = ~stratum, weights = ~w, data = d))
d$institutions <- ifelse(d$stratum == "a", 18, 47)
told("clusters fpc", svydesign(ids = ~institution, strata = ~stratum, weights = ~w, fpc = ~institutions, data = d))
d$one <- 1
told("clusters alone", svydesign(ids = ~institution, weights = ~one, data = d))
d$all <- 69
told("simple fpc", svydesign(ids = ~1, weights = ~one, fpc = ~all, data = d))

ticks <- data.frame(id = c(1, 1, 2, 3, 3, 3, 4, 5, 5, 6), is_a = c(1, 0, 1, 1, 0, 0, 0, 1, 0, 1))
show("selections", as.vector(attr(svyciprop(~is_a, svydesign(ids = ~id, weights = ~1, data = ticks), method = "xlogit"), "ci")))
h <- function(p) { p <- p[p > 0]; -sum(p * log(p)) }
p <- c(5, 3, 1, 1) / 10
show("entropy, se", c(h(p), sqrt((sum(p * log(p)^2) - h(p)^2) / 10)) / log(4))
show("difference", h(c(28, 8, 4) / 40) / log(3) - h(c(12, 12, 8, 8) / 40) / log(4))
show("kruskal by group", kruskal.test(list(1:6, 7:11))$p.value)
show("binom 15 v 8, 4 v 1", c(binom.test(15, 23)$p.value, binom.test(4, 5)$p.value))
show("fisher 8 6 / 7 9", fisher.test(matrix(c(8, 6, 7, 9), 2))$p.value)
show("fisher of many", fisher.test(matrix(c(900, 1000, 700, 900), 2))$p.value)
show("binom of many", c(binom.test(961, 2002)$p.value))
