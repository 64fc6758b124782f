# Writes input.csv and cases.json: coxph's answers to covariates that vary with time. See README.md.
library(survival)
library(jsonlite)
set.seed(20)
n <- 90
entry <- ifelse(runif(n) < .3, round(runif(n, 1, 30)), 0)
treated <- rbinom(n, 1, .5)
age <- round(rnorm(n, 60, 9), 1)
site <- sample(1:3, n, TRUE)
doctor <- sample(1:20, n, TRUE)
w <- round(runif(n, .5, 2), 2)
off <- round(rnorm(n, 0, .3), 3)
time <- entry + pmax(1, round(rexp(n, 0.012 * exp(.03 * (age - 60) + .5 * treated))))
cens <- entry + round(runif(n, 20, 200))
d <- data.frame(id = 1:n, entry, stop = pmin(time, cens), event = as.integer(time <= cens),
                treated, age, site, doctor, w, off)
write.csv(d, "input.csv", row.names = FALSE, quote = FALSE)

control <- coxph.control(eps = 1e-14, toler.chol = 1e-15, iter.max = 50)
functions <- list(identity = function(x, t, ...) x * t, log = function(x, t, ...) x * log(t),
                  log1p = function(x, t, ...) x * log1p(t))
cuts <- c(21, 64)

case <- function(fit, names, spec, clustered, entry = TRUE) {
  named <- function(v) setNames(as.list(unname(v)), names)
  expect <- list(coef = named(coef(fit)), se = named(sqrt(diag(fit$var))),
                 loglik_null = fit$loglik[1], loglik = fit$loglik[2], score_chisq = fit$score)
  if (clustered) expect$naive_se <- named(sqrt(diag(fit$naive.var)))
  full <- c(list(method = "cox_ph", start = if (entry) "entry", time = "stop", event = "event"), spec)
  list(spec = full[!sapply(full, is.null)], expect = expect)
}

cases <- list()
for (ties in c("efron", "breslow")) {
  for (g in names(functions)) {
    plain <- coxph(Surv(entry, stop, event) ~ treated + age + tt(treated), d, tt = functions[[g]],
                   ties = ties, control = control)
    spec <- list(covariates = c("treated", "age"), ties = ties,
                 time_varying = list(waning = list(covariate = "treated", transform = g)))
    cases <- c(cases, list(case(plain, c("treated", "age", "waning"), spec, FALSE)))
    # Everything but late entry, with tt(); and with it, by splitting the rows at every event.
    spec <- c(spec, list(offset = "off", strata = "site", weights = "w", cluster = "doctor"))
    by_tt <- coxph(Surv(stop, event) ~ treated + age + tt(treated) + offset(off) + strata(site), d,
                   tt = functions[[g]], ties = ties, weights = w, cluster = doctor, control = control)
    cases <- c(cases, list(case(by_tt, c("treated", "age", "waning"), spec, TRUE, entry = FALSE)))
    parts <- survSplit(Surv(entry, stop, event) ~ ., d, cut = sort(unique(d$stop[d$event == 1])))
    parts$waning <- functions[[g]](parts$treated, parts$stop)
    by_split <- coxph(Surv(entry, stop, event) ~ treated + age + waning + offset(off) + strata(site), parts,
                      ties = ties, weights = w, cluster = doctor, control = control)
    cases <- c(cases, list(case(by_split, c("treated", "age", "waning"), spec, TRUE)))
  }
  # Steps: tt() with several columns, over the same cuts as the rows split by survSplit.
  steps <- function(x, t, ...) cbind(x * (t <= 21), x * (t > 21 & t <= 64), x * (t > 64))
  names <- c("age", "early <=21", "early (21,64]", "early >64")
  spec <- list(covariates = "age", ties = ties,
               time_varying = list(early = list(covariate = "treated", cuts = cuts)))
  by_tt <- coxph(Surv(entry, stop, event) ~ age + tt(treated), d, tt = steps, ties = ties, control = control)
  cases <- c(cases, list(case(by_tt, names, spec, FALSE)))
  parts <- survSplit(Surv(entry, stop, event) ~ ., d, cut = cuts, episode = "piece")
  for (k in 1:3) parts[[paste0("piece", k)]] <- parts$treated * (parts$piece == k)
  by_split <- coxph(Surv(entry, stop, event) ~ age + piece1 + piece2 + piece3 + offset(off) + strata(site),
                    parts, ties = ties, weights = w, cluster = doctor, control = control)
  spec <- c(spec, list(offset = "off", strata = "site", weights = "w", cluster = "doctor"))
  cases <- c(cases, list(case(by_split, names, spec, TRUE)))
}
write(toJSON(cases, auto_unbox = TRUE, digits = 15, pretty = TRUE), "cases.json")
