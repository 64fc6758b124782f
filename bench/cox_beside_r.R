# coxph.fit of R's package survival on the columns that cox_beside_r wrote: x, days and event as raw doubles.
# Rscript cox_beside_r.R FOLDER REPEATS writes lines "NAME SECONDS" (each a median) to stdout.
suppressMessages(library(survival))
arguments <- commandArgs(trailingOnly = TRUE)
folder <- arguments[1]
repeats <- as.integer(arguments[2])

read_set <- function(name, covariates) {
  file <- file.path(folder, name)
  numbers <- readBin(file, "double", file.size(file) / 8)
  x <- matrix(numbers, ncol = covariates + 2)
  list(x = x[, seq_len(covariates)], y = Surv(x[, covariates + 1], x[, covariates + 2]))
}

# From columns in memory to estimate with variance, without formula and model frame.
fit <- function(set) {
  coxph.fit(set$x, set$y, NULL, NULL, NULL, coxph.control(), NULL, "efron", NULL)
}

seconds <- function(work) median(replicate(repeats, system.time(work())[["elapsed"]]))

for (name in c("large", "small")) {
  set <- read_set(name, 10)
  cat(name, seconds(function() fit(set)), sprintf("%.10f", fit(set)$coefficients[1]), "\n")
  rm(set)
}
sets <- lapply(1:100, function(k) read_set(paste0("many", k), 3))
cat("many", seconds(function() for (set in sets) fit(set)), sprintf("%.10f", fit(sets[[1]])$coefficients[1]), "\n")
