# Turnbull: survfit(type = "interval2"), which stops early, and an own EM run to the end over the same stretches, to a gap below 1e-10.
source("sets.R")
set.seed(7)
scan <- function(n, every, miss) {
  t <- rexp(n, 1 / 300); visits <- lapply(seq_len(n), function(i) sort(round(every * (1:8) + runif(8, -miss, miss))))
  left <- mapply(function(v, x) max(c(0, v[v < x])), visits, t); right <- mapply(function(v, x) min(c(Inf, v[v >= x])), visits, t)
  cbind(left, right)
}
exact <- scan(80, 60, 20); known <- 1:15; exact[known, 2] <- exact[known, 1] <- exact[known, 1] + 5
rows <- list(few = cbind(c(0, 1, 2, 0), c(1, 3, Inf, 2)), scans = scan(60, 90, 30), many = scan(200, 30, 14), strict = scan(80, 90, 0),
  exact = exact, right = cbind(c(3, 5, 5, 9, 12), c(3, 5, Inf, 9, Inf)), mixed = cbind(c(0, 2, 2, 4), c(2, 2, 4, Inf)),
  lung = with(lung[1:100, ], cbind(time, ifelse(status == 2, time, Inf))), shared = scan(40, 180, 60), one = cbind(3, 8))
# Stretches: R's Surv interval2 is (left, right], a known day where both are the same.
best <- function(v) {
  small <- 1e-6; l <- ifelse(v[, 1] == v[, 2], v[, 1], v[, 1] + small); r <- v[, 2]
  ls <- sort(unique(l)); rs <- sort(unique(r))
  q <- ls[sapply(ls, function(a) { b <- rs[rs >= a][1]; !any(ls > a & ls <= b) })]; p <- sapply(q, function(a) rs[rs >= a][1])
  alpha <- outer(seq_along(l), seq_along(q), Vectorize(function(i, j) as.numeric(q[j] >= l[i] & p[j] <= r[i])))
  em <- function(m) { for (k in 1:30000) { a <- alpha %*% m; n <- as.vector(m * crossprod(alpha, 1 / a)) / nrow(v); if (max(abs(n - m)) < 1e-15) break; m <- n }; m }
  # Where the likelihood is flat at nought the mass goes down as one over the step only: it is taken away, and the EM goes
  # on, as long as no directional derivative says that some of it belonged there (Gentleman and Geyer 1994).
  m <- em(rep(1 / length(q), length(q)))
  gap <- function(m) max(crossprod(alpha, 1 / (alpha %*% m))) / nrow(v) - 1
  m[m < 1e-10] <- 0; m <- em(m / sum(m))
  for (j in order(m)) if (m[j] > 0 && m[j] < 1e-3) { t <- m; t[j] <- 0; t <- em(t / sum(t)); if (gap(t) < 1e-12) m <- t }
  stopifnot(gap(m) < 1e-10)
  list(until = ifelse(is.infinite(p), -1, p), mass = m, loglik = sum(log(alpha %*% m)))
}
keep("visits", lapply(rows, function(v) {
  f <- survfit(Surv(v[, 1], ifelse(is.infinite(v[, 2]), NA, v[, 2]), type = "interval2") ~ 1)
  c(list(left = unname(v[, 1]), right = unname(ifelse(is.infinite(v[, 2]), -1, v[, 2])), survfit_time = f$time, survfit = f$surv), best(v))
}))
