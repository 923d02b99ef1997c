# Writes every *.json here anew: cd tests/outcome/r && Rscript all.R (R 4.2.2; survival 3.5-3, cmprsk, numDeriv, jsonlite).
for (script in c("survival", "incidence", "cox", "gray", "proportional", "visits", "shares")) source(paste0(script, ".R"))
