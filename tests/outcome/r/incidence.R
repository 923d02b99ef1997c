# Cumulative incidence: survfit on a factor (Aalen-Johansen, infinitesimal jackknife); cuminc for its estimate, its
# variance (Aalen's, which differs a little) and Gray's test.
source("sets.R")
suppressMessages(library(cmprsk))
keep("competing", competing)
fits <- lapply(competing, function(s) {
  d <- data.frame(time = s$time, state = factor(s$event, 0:max(s$event)), id = seq_along(s$time), w = if (is.null(s$weight)) 1 else s$weight)
  d$cl <- if (is.null(s$cluster)) d$id else s$cluster
  d$entry <- if (is.null(s$entry)) 0 else s$entry
  y <- if (is.null(s$entry)) Surv(d$time, d$state) else Surv(d$entry, d$time, d$state)
  out <- lapply(c("log-log" = "log-log", log = "log", plain = "plain"), function(type) {
    f <- survfit(y ~ 1, data = d, weights = w, id = id, conf.type = type, influence = 1)
    if (!is.null(s$cluster)) {
      # survfit 3.5-3 gives the variance by id whatever the cluster is; its own influence is summed by cluster here.
      f$std.err <- apply(f$influence.pstate, c(2, 3), function(v) sqrt(sum(rowsum(v * d$w, d$cl)^2)))[-1, ]
      ends <- survival:::survfit_confint(f$pstate, f$std.err, logse = FALSE, type, 0.95)
      f$lower <- ends$lower; f$upper <- ends$upper
    }
    list(time = f$time, value = f$pstate[, -1, drop = FALSE], err = f$std.err[, -1, drop = FALSE],
         low = f$lower[, -1, drop = FALSE], high = f$upper[, -1, drop = FALSE], free = f$pstate[, 1])
  })
  if (is.null(s$entry) && is.null(s$weight)) {
    u <- cuminc(s$time, s$event); at <- timepoints(u, sort(unique(s$time)))
    out$cuminc <- list(time = sort(unique(s$time)), value = at$est, variance = at$var)
    if (!is.null(s$group)) out$gray <- unname(cuminc(s$time, s$event, s$group)$Tests)
  }
  out
})
keep("incidence", fits)
