# Kaplan-Meier: survfit with each type of interval, the median, and the restricted mean of print(fit, rmean = ).
source("sets.R")
keep("sets", sets)
error <- function(f) if (isFALSE(f$logse)) f$std.err else f$surv * f$std.err
curve <- function(s) {
  d <- data.frame(time = s$time, event = s$event, w = if (is.null(s$weight)) 1 else s$weight)
  d$entry <- if (is.null(s$entry)) 0 else s$entry
  y <- if (is.null(s$entry)) Surv(d$time, d$event) else Surv(d$entry, d$time, d$event)
  call <- function(type, ...) survfit(y ~ 1, weights = d$w, conf.type = type, ...)
  out <- lapply(c("log-log" = "log-log", log = "log", plain = "plain"), function(type) {
    f <- call(type, robust = FALSE)
    if (!is.null(s$cluster)) { d$cl <- s$cluster; r <- survfit(y ~ 1, weights = d$w, conf.type = type, cluster = d$cl, robust = TRUE) }
    else r <- if (any(d$w %% 1 != 0)) call(type, robust = TRUE) else NULL
    q <- summary(f)$table  # not quantile(f), which goes by the last crossing where an end of the interval turns back
    list(time = f$time, risk = f$n.risk, event = f$n.event, surv = f$surv, err = error(f), low = f$lower, high = f$upper,
         median = unname(q[c('median', '0.95LCL', '0.95UCL')]),
         robust = if (is.null(r)) NULL else list(err = error(r), low = r$lower, high = r$upper))
  })
  until <- unname(quantile(d$time, .6)); f <- call("plain", robust = FALSE)
  m <- summary(f, rmean = until)$table
  out$mean <- c(until, m[["rmean"]], m[["se(rmean)"]])
  if (!is.null(s$cluster) && is.null(s$entry) && is.null(s$weight)) {
    # survmean has no variance for clusters: the area under the influence of each cluster on the curve, which survfit gives
    r <- survfit(y ~ 1, cluster = s$cluster, robust = TRUE, influence = TRUE)
    steps <- diff(c(pmin(r$time, until), until))
    out$clustered <- c(until, sqrt(sum((r$influence.surv %*% steps)^2)))
  }
  out
}
keep("survival", lapply(sets, curve))
