# binom.test, poisson.test, t.test(paired), glm(binomial), and overlap weights whose sandwich is taken by numDeriv.
source("sets.R")
few <- list(c(0, 37), c(36, 37), c(33, 36), c(3, 36), c(8, 36), c(1, 1), c(0, 1), c(50, 100), c(1234, 40000))
rates <- list(c(0, 12.5), c(1, 3), c(17, 250.25), c(400, 1800))
before <- c(12, 9, 14, 7, 10, 11); after <- c(4, 5, 6, 7, 2, 3)
compared <- list(c(18, 91, 26, 98), c(0, 20, 4, 22), c(5, 5, 3, 6))
v <- within(veteran, { high <- as.integer(karno > 60); lived <- as.integer(time > 90); taken <- trt - 1 })
overlap <- function(taken, x, y) {
  f <- glm(taken ~ x, family = binomial, control = glm.control(epsilon = 1e-14, maxit = 100))
  X <- cbind(1, x); p <- ncol(X)
  each <- function(th) { e <- plogis(as.vector(X %*% th[1:p])); w1 <- taken * (1 - e); w0 <- (1 - taken) * e
    cbind(X * (taken - e), w1 * (y - th[p + 1]), w0 * (y - th[p + 2])) }
  e <- fitted(f); w1 <- taken * (1 - e); w0 <- (1 - taken) * e
  m <- c(sum(w1 * y) / sum(w1), sum(w0 * y) / sum(w0)); th <- c(coef(f), m)
  A <- numDeriv::jacobian(function(t) colSums(each(t)), th); B <- crossprod(each(th))
  V <- solve(A) %*% B %*% t(solve(A)); k <- c(rep(0, p), 1, -1)
  list(taken = taken, x = unname(x), y = y, coef = unname(coef(f)), se = unname(sqrt(diag(vcov(f)))), chances = unname(e),
       means = m, error = sqrt(as.vector(k %*% V %*% k)))
}
b <- data.frame(x1 = round(rnorm(120), 3), x2 = rbinom(120, 1, .5)); b$t <- rbinom(120, 1, plogis(b$x1)); b$y <- round(b$x1 + rnorm(120), 3)
keep("shares", list(
  exact = lapply(few, function(s) c(s, binom.test(s[1], s[2])$conf.int)),
  wilson = lapply(few, function(s) c(s, prop.test(s[1], s[2], correct = FALSE)$conf.int)),
  poisson = lapply(rates, function(s) c(s, 100 * s[1] / s[2], 100 * poisson.test(s[1], s[2])$conf.int)),
  paired = list(before = before, after = after, answer = unname(c(mean(after - before), sd(after - before), t.test(after, before, paired = TRUE)$conf.int))),
  weighted = list(overlap(v$taken, as.matrix(v[, c("karno", "age", "diagtime")]), v$lived), overlap(b$t, as.matrix(b[, 1:2]), b$y))))
