//! The table of aggregate functions.

use super::AggregateFunction as F;
#[cfg(feature = "sql")]
use super::Doc;
use super::Parameter::{Bound, Count, Fraction, Separator, Weight};
use super::Takes::{Any, Boolean, Double, Integer, Line, Number, Order, Text};
use super::{Distinct, Info, MAX_BUCKETS, MAX_TOP, Parameter, Room, Takes, Time};

/// An entry: a function, its name, arguments, when it is NULL, and a sentence.
const fn info(
    function: F,
    name: &'static str,
    takes: &'static [Takes],
    nulls: &'static str,
    text: &'static str,
) -> Info {
    #[cfg(not(feature = "sql"))]
    let _ = (nulls, text);
    Info {
        function,
        name,
        takes,
        parameters: &[],
        time: Time::Unused,
        distinct: Distinct::Refused,
        room: Room::None,
        #[cfg(feature = "sql")]
        doc: Doc { text, nulls, error: "", aliases: &[] },
    }
}

impl Info {
    const fn with(mut self, parameters: &'static [Parameter]) -> Self {
        self.parameters = parameters;
        self
    }

    const fn time(mut self, time: Time) -> Self {
        self.time = time;
        self
    }

    const fn distinct(mut self, distinct: Distinct) -> Self {
        self.distinct = distinct;
        self
    }

    const fn room(mut self, room: Room) -> Self {
        self.room = room;
        self
    }

    /// Other names in SQL.
    const fn also(self, aliases: &'static [&'static str]) -> Self {
        #[cfg(feature = "sql")]
        let doc = Doc { aliases, ..self.doc };
        #[cfg(not(feature = "sql"))]
        let _ = aliases;
        Self {
            #[cfg(feature = "sql")]
            doc,
            ..self
        }
    }

    /// How far the result can be off.
    const fn error(self, error: &'static str) -> Self {
        #[cfg(feature = "sql")]
        let doc = Doc { error, ..self.doc };
        #[cfg(not(feature = "sql"))]
        let _ = error;
        Self {
            #[cfg(feature = "sql")]
            doc,
            ..self
        }
    }
}

pub(super) const COUNT_ALL: Info = info(F::CountAll, "count", &[], "never", "Rows.");

/// In the order of the functions.
pub(super) const ALL: &[Info] = &[
    COUNT_ALL,
    info(F::Count, "count", &[Any], "never", "Values that are not NULL.").distinct(Distinct::Kept),
    info(
        F::Sum,
        "sum",
        &[Number],
        "no value",
        "Sum; exact of integers and DECIMALs. One out of range is NULL and counted.",
    )
    .distinct(Distinct::Kept),
    info(F::Avg, "avg", &[Number], "no value", "Mean.").distinct(Distinct::Kept).also(&["mean"]),
    info(F::Min, "min", &[Any], "no value", "Least value, in the order of comparisons.")
        .distinct(Distinct::Same),
    info(F::Max, "max", &[Any], "no value", "Greatest value, in the order of comparisons.")
        .distinct(Distinct::Same),
    info(F::CountIf, "count_if", &[Boolean], "no value", "Rows for which x is true.")
        .also(&["countif"]),
    info(F::BoolAnd, "bool_and", &[Boolean], "no value", "Whether all values are true.")
        .distinct(Distinct::Same),
    info(F::BoolOr, "bool_or", &[Boolean], "no value", "Whether any value is true.")
        .distinct(Distinct::Same),
    info(F::BitAnd, "bit_and", &[Integer], "no value", "Bits that all values have.")
        .distinct(Distinct::Same),
    info(F::BitOr, "bit_or", &[Integer], "no value", "Bits that any value has.")
        .distinct(Distinct::Same),
    info(F::BitXor, "bit_xor", &[Integer], "no value", "Bits that an odd number of values have."),
    info(
        F::First,
        "first",
        &[Any],
        "no row, or that of the first row",
        "Value of the first row, NULL too. Of rows of one time it is the least that is \
         not NULL.",
    )
    .time(Time::Used)
    .also(&["first_value", "arbitrary"]),
    info(
        F::Last,
        "last",
        &[Any],
        "no row, or that of the last row",
        "Value of the last row, NULL too. Of rows of one time it is the greatest that \
         is not NULL.",
    )
    .time(Time::Used)
    .also(&["last_value"]),
    info(F::AnyValue, "any_value", &[Any], "no value", "First value that is not NULL.")
        .time(Time::Used)
        .distinct(Distinct::Same),
    info(
        F::ArgMin,
        "arg_min",
        &[Any, Any],
        "no row without NULL",
        "x of the row with the least y; of the first of several. Rows with a NULL don't \
         count.",
    )
    .also(&["min_by", "argmin"]),
    info(
        F::ArgMax,
        "arg_max",
        &[Any, Any],
        "no row without NULL",
        "x of the row with the greatest y; of the first of several. Rows with a NULL \
         don't count.",
    )
    .also(&["max_by", "argmax"]),
    info(
        F::ArgMinNull,
        "arg_min_null",
        &[Any, Any],
        "no y, or x of its row",
        "The same, but x can be NULL.",
    ),
    info(
        F::ArgMaxNull,
        "arg_max_null",
        &[Any, Any],
        "no y, or x of its row",
        "The same, but x can be NULL.",
    ),
    info(F::VarPop, "var_pop", &[Double], "no value", "Variance (Welford)."),
    info(F::VarSamp, "var_samp", &[Double], "fewer than 2 values", "Variance of a sample.")
        .also(&["variance"]),
    info(F::StddevPop, "stddev_pop", &[Double], "no value", "Standard deviation."),
    info(
        F::StddevSamp,
        "stddev_samp",
        &[Double],
        "fewer than 2 values",
        "Standard deviation of a sample.",
    )
    .also(&["stddev"]),
    info(F::Sem, "sem", &[Double], "no value", "Standard error of the mean."),
    info(
        F::Skewness,
        "skewness",
        &[Double],
        "fewer than 3 values, or all equal",
        "Skewness of a sample. NULL and counted if it is not finite.",
    ),
    info(
        F::Kurtosis,
        "kurtosis",
        &[Double],
        "fewer than 4 values, or all equal",
        "Excess kurtosis of a sample. NULL and counted if it is not finite.",
    ),
    info(
        F::KurtosisPop,
        "kurtosis_pop",
        &[Double],
        "fewer than 2 values, or all equal",
        "Excess kurtosis. NULL and counted if it is not finite.",
    ),
    info(
        F::CovarPop,
        "covar_pop",
        &[Double, Double],
        "no row without NULL",
        "Covariance of y and x; as all that follow over rows without a NULL.",
    ),
    info(
        F::CovarSamp,
        "covar_samp",
        &[Double, Double],
        "fewer than 2 rows",
        "Covariance of a sample.",
    ),
    info(
        F::Corr,
        "corr",
        &[Double, Double],
        "no row",
        "Correlation; NaN if x or y is always the same.",
    ),
    info(
        F::RegrSlope,
        "regr_slope",
        &[Double, Double],
        "no row",
        "Slope of the line by least squares, y over x; NaN if x is always the same.",
    ),
    info(
        F::RegrIntercept,
        "regr_intercept",
        &[Double, Double],
        "no row, or x always the same",
        "y of that line at x = 0.",
    ),
    info(
        F::RegrR2,
        "regr_r2",
        &[Double, Double],
        "no row, or x always the same",
        "Share of y's variance that the line explains.",
    ),
    info(F::RegrCount, "regr_count", &[Double, Double], "never", "Rows without a NULL."),
    info(F::RegrAvgX, "regr_avgx", &[Double, Double], "no row", "Mean of x."),
    info(F::RegrAvgY, "regr_avgy", &[Double, Double], "no row", "Mean of y."),
    info(
        F::RegrSxx,
        "regr_sxx",
        &[Double, Double],
        "no row",
        "Sum of squares of x around its mean.",
    ),
    info(
        F::RegrSyy,
        "regr_syy",
        &[Double, Double],
        "no row",
        "Sum of squares of y around its mean.",
    ),
    info(F::RegrSxy, "regr_sxy", &[Double, Double], "no row", "Sum of products around the means."),
    info(
        F::Median,
        "median",
        &[Order],
        "no value",
        "QUANTILE_CONT(x, 0.5), of what lies on no line QUANTILE_DISC(x, 0.5).",
    )
    .distinct(Distinct::Kept)
    .room(Room::Values),
    info(
        F::QuantileCont,
        "quantile_cont",
        &[Line],
        "no value",
        "Value below which the fraction q of the values lies, between two neighbours if \
         need be. Exact up to `max_values`.",
    )
    .with(&[Fraction])
    .distinct(Distinct::Kept)
    .room(Room::Values),
    info(
        F::QuantileDisc,
        "quantile_disc",
        &[Any],
        "no value",
        "The same, but always one of the values.",
    )
    .with(&[Fraction])
    .distinct(Distinct::Kept)
    .room(Room::Values)
    .also(&["quantile"]),
    info(
        F::ApproxQuantile,
        "approx_quantile",
        &[Number],
        "no finite value",
        "Quantile from a sketch (UDDSketch, 512 buckets).",
    )
    .with(&[Fraction])
    .error(
        "1 % of the value while finite values other than 0 are within a factor of \
         28,000; each doubling of that factor's digits doubles it",
    ),
    info(
        F::ApproxCountDistinct,
        "approx_count_distinct",
        &[Any],
        "never",
        "Different values, from a sketch (HyperLogLog, 1,024 registers).",
    )
    .distinct(Distinct::Same)
    .error("standard error 3.3 %"),
    info(
        F::ApproxTopK,
        "approx_top_k",
        &[Any],
        "no value",
        "The k most frequent values and their counts: `[[\"a\",12],[\"b\",3]]` (space- \
         saving).",
    )
    .with(&[Count(MAX_TOP)])
    .room(Room::Values)
    .error(
        "counts are too high by at most n / `max_values`; what is more frequent than \
         that is there",
    ),
    info(
        F::Histogram,
        "histogram",
        &[Double],
        "no value",
        "Values below low, in each of n buckets of equal width, and from high on: \
         `[0,3,1,0]`.",
    )
    .with(&[Bound, Bound, Count(MAX_BUCKETS)]),
    info(
        F::StringAgg,
        "string_agg",
        &[Text],
        "no value",
        "Texts in order of arrival, with a separator between.",
    )
    .with(&[Separator])
    .room(Room::Text)
    .also(&["group_concat", "listagg"]),
    info(
        F::Twa,
        "twa",
        &[Double],
        "no value",
        "Average weighted by time: each value counts until the next.",
    )
    .time(Time::Needed)
    .room(Room::Values),
    info(
        F::Rate,
        "rate",
        &[Double],
        "fewer than 2 values, or all of one time",
        "INCREASE per second between the first and the last value.",
    )
    .time(Time::Needed)
    .room(Room::Values),
    info(
        F::Increase,
        "increase",
        &[Double],
        "fewer than 2 values",
        "How far a counter rose; a fall is a restart from 0, as in Prometheus.",
    )
    .time(Time::Used)
    .room(Room::Values),
    info(F::Delta, "delta", &[Double], "fewer than 2 values", "Last value minus first.")
        .time(Time::Used)
        .room(Room::Values),
    info(
        F::Ewma,
        "ewma",
        &[Double],
        "no value",
        "Exponentially weighted mean in order of arrival: each value counts alpha, what \
         was before 1 - alpha.",
    )
    .with(&[Weight]),
];
