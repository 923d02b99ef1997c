# The check of proportional hazards: cox.zph(fit, terms = FALSE), of each covariate and of all ("GLOBAL"), by both transforms.
source("sets.R")
usable <- sets[setdiff(names(sets), c("none", "one", "alone", "all"))]
control <- coxph.control(eps = 1e-13, toler.chol = 1e-14, iter.max = 50)
check <- function(f) lapply(c(km = "km", identity = "identity"), function(by) {
  t <- cox.zph(f, transform = by, terms = FALSE)$table
  list(chi_squared = unname(t[, "chisq"]), freedom = unname(t[, "df"]), p = unname(t[, "p"]))
})
keep("proportional", lapply(usable, function(s) {
  d <- data.frame(row = seq_along(s$time), w = if (is.null(s$weight)) 1 else s$weight, st = if (is.null(s$strata)) 1L else s$strata)
  x <- as.matrix(s$x); y <- if (is.null(s$entry)) Surv(s$time, s$event) else Surv(s$entry, s$time, s$event)
  list(plain = check(coxph(y ~ x, weights = w, data = d, robust = FALSE, control = control)),
       stratified = check(coxph(y ~ x + strata(st), weights = w, data = d, robust = FALSE, control = control)))
}))
