# coxph with Efron's ties: by the information, robust, clustered, stratified; survdiff, plain and stratified.
source("sets.R")
usable <- sets[setdiff(names(sets), c("none", "one", "alone", "all"))]
control <- coxph.control(eps = 1e-13, toler.chol = 1e-14, iter.max = 50)
answer <- function(f) list(coef = unname(coef(f)), se = unname(sqrt(diag(vcov(f)))), loglik = f$loglik)
fit <- function(s) {
  d <- data.frame(w = if (is.null(s$weight)) 1 else s$weight, cl = if (is.null(s$cluster)) seq_along(s$time) else s$cluster,
                  row = seq_along(s$time), st = if (is.null(s$strata)) 1L else s$strata)
  x <- as.matrix(s$x); y <- if (is.null(s$entry)) Surv(s$time, s$event) else Surv(s$entry, s$time, s$event)
  out <- list(plain = answer(coxph(y ~ x, weights = w, data = d, robust = FALSE, control = control)),
              robust = answer(coxph(y ~ x, weights = w, data = d, cluster = row, control = control)),
              clustered = answer(coxph(y ~ x, weights = w, data = d, cluster = cl, control = control)),
              stratified = answer(coxph(y ~ x + strata(st), weights = w, data = d, robust = FALSE, control = control)))
  if (!is.null(s$group) && is.null(s$entry) && is.null(s$weight)) {
    g <- s$group
    test <- function(t) list(chisq = t$chisq, obs = rowSums(as.matrix(t$obs)), exp = rowSums(as.matrix(t$exp)))
    out$logrank <- test(survdiff(y ~ g)); out$logrank_strata <- test(survdiff(y ~ g + strata(st), data = d))
  }
  out
}
keep("cox", lapply(usable, fit))
