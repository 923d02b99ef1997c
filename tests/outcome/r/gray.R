# Gray's test: cuminc(time, state, group)$Tests, a row for each cause (stat, pv, df).
source("sets.R")
suppressMessages(library(cmprsk))
set.seed(1988)
few <- data.frame(time = c(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12), state = c(1, 2, 1, 0, 1, 2, 1, 1, 0, 2, 1, 0), group = rep(c(1, 2), 6))
many <- data.frame(time = sample(1:40, 240, TRUE), state = sample(0:2, 240, TRUE, c(.3, .4, .3)), group = sample(1:3, 240, TRUE))
t <- transplant[transplant$futime > 0, ]; m <- mgus2[401:900, ]
gray <- list(
  mgus2 = competing$mgus2, pbc = competing$pbc, ties = competing$ties, made = competing$made,
  few = with(few, set(time, state, group = group)),
  three = with(many, set(time, state, group = group)),
  coarse = with(many, set(time %/% 10 + 1, state, group = group)),
  two = with(many[many$group < 3, ], set(time, state, group = group)),
  transplant = with(t, set(futime, c(censored = 0, death = 2, ltx = 1, withdraw = 3)[as.character(event)], group = abo)),
  later = with(m, set(ifelse(pstat == 0, futime, ptime), ifelse(pstat == 0, 2 * death, 1), group = sex)),
  fractional = with(many, set(time / 7 + runif(240), state, group = group)),
  alone = with(sets$lung, set(time, event, group = group)),
  cells = with(sets$veteran, set(time, event, group = group)),
  spared = with(many, set(time, ifelse(group == 2, 0, state), group = group)),
  dead = with(many, set(time, ifelse(group == 3 & state == 1, 2, state), group = group)),
  one_spared = with(many[many$group < 3, ], set(time, ifelse(group == 2, 0, state), group = group)),
  short = with(many, set(ifelse(group == 1, pmin(time, 12), time), ifelse(group == 1 & time > 12, 0, state), group = group)),
  exhausted = with(many, set(ifelse(group == 1, (time %/% 4) + 1, time), ifelse(group == 1 & state == 0, 2, state), group = group)))
keep("gray", lapply(gray, function(s) {
  found <- cuminc(s$time, s$event, s$group)$Tests
  c(s[c("time", "event", "group")], list(cause = as.integer(rownames(found)), chi_squared = unname(found[, "stat"]), p = unname(found[, "pv"]), freedom = unname(found[, "df"])))
}))
