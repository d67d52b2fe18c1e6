-- Over the training rows: how many rows, and for every column how many are present; for numerical columns mean and deviation of the transformed values.
SELECT COUNT(*) AS samples, ${aggregates} FROM ${samples}
