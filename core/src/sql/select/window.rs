//! Calls of window functions: in FROM, in GROUP BY, and TUMBLE_START and the like in expressions.
//! All spellings of a window give the same [`Windows`].

use alloc::format;
use alloc::vec::Vec;

use sqlparser::ast::{self, Expr, FunctionArg, FunctionArgExpr, Spanned};
use sqlparser::tokenizer::Token;

use super::super::ddl::did_you_mean;
use super::super::error::{CompileError, CompileErrorKind as Kind};
use super::super::rewrite;
use super::super::source::{Extent, Source};

type Result<T> = core::result::Result<T, CompileError>;

/// A window function.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Function {
    pub(super) name: &'static str,
    /// Flink's names of its parameters; the first is the stream.
    places: &'static [&'static str],
    /// How many of them there have to be.
    required: usize,
    /// How it is written.
    pub(super) usage: &'static str,
    /// How it is written in GROUP BY, if it can be.
    group: Option<&'static str>,
}

pub(super) const FUNCTIONS: [Function; 6] = [
    Function {
        name: "TUMBLE",
        places: &["DATA", "TIMECOL", "SIZE", "OFFSET"],
        required: 3,
        usage: "write FROM TUMBLE(stream, ts, INTERVAL '1' MINUTE [, offset])",
        group: Some("write GROUP BY TUMBLE(ts, INTERVAL '1' MINUTE [, offset])"),
    },
    Function {
        name: "HOP",
        places: &["DATA", "TIMECOL", "SLIDE", "SIZE", "OFFSET"],
        required: 4,
        usage: "write FROM HOP(stream, ts, hop, size [, offset]): HOP(s, ts, INTERVAL '1' MINUTE, \
                INTERVAL '5' MINUTE)",
        group: Some(
            "write GROUP BY HOP(ts, hop, size [, offset]): HOP(ts, INTERVAL '1' MINUTE, INTERVAL \
             '5' MINUTE)",
        ),
    },
    Function {
        name: "CUMULATE",
        places: &["DATA", "TIMECOL", "STEP", "SIZE", "OFFSET"],
        required: 4,
        usage: "write FROM CUMULATE(stream, ts, step, max [, offset]): CUMULATE(s, ts, INTERVAL \
                '1' MINUTE, INTERVAL '1' HOUR)",
        group: Some(
            "write GROUP BY CUMULATE(ts, step, max [, offset]): CUMULATE(ts, INTERVAL '1' MINUTE, \
             INTERVAL '1' HOUR)",
        ),
    },
    Function {
        name: "SESSION",
        places: &["DATA", "TIMECOL", "GAP"],
        required: 3,
        usage: "write FROM SESSION(stream, ts, gap): SESSION(s, ts, INTERVAL '5' MINUTE)",
        group: Some("write GROUP BY SESSION(ts, gap): SESSION(ts, INTERVAL '5' MINUTE)"),
    },
    Function {
        name: "COUNT_WINDOW",
        places: &["DATA", "SIZE", "SLIDE"],
        required: 2,
        usage: "write FROM COUNT_WINDOW(stream, rows [, every]): COUNT_WINDOW(s, 100, 10)",
        group: None,
    },
    Function {
        name: "STATE_WINDOW",
        places: &["DATA", "BEGIN", "END"],
        required: 3,
        usage: "write FROM STATE_WINDOW(stream, begin, end): STATE_WINDOW(s, temp > 30, temp < 25)",
        group: None,
    },
];

impl Function {
    /// How it is written in GROUP BY, if it can be.
    pub(super) const fn in_groups(&self) -> Option<&'static str> {
        self.group
    }

    pub(super) fn find(name: &str) -> Option<&'static Self> {
        FUNCTIONS.iter().find(|f| f.name.eq_ignore_ascii_case(name))
    }
}

/// A call, its arguments by the parameters that they are for.
#[derive(Debug)]
pub(super) struct Call<'a> {
    pub(super) function: &'static Function,
    /// From the name to the closing parenthesis.
    pub(super) extent: Extent,
    /// Whether it stands in FROM.
    in_from: bool,
    arguments: Vec<Option<Argument<'a>>>,
    /// Of Flink's spelling, the PARTITION BY.
    pub(super) partition: Option<Option<Extent>>,
}

/// An argument and where it is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Argument<'a> {
    pub(super) expr: &'a Expr,
    pub(super) extent: Extent,
}

impl<'a> Call<'a> {
    /// A call in FROM, whose name stands at `first`.
    pub(super) fn in_from(
        source: &Source,
        function: &'static Function,
        args: &'a [FunctionArg],
        first: usize,
    ) -> Result<Self> {
        let extent = Extent { first, last: source.closing(first + 1) };
        let is_flink = first > 1 && source.is_word(first - 2, "TABLE");
        let within = Extent { first: first + 2, last: extent.last };
        let partition = is_flink.then(|| rewrite::partition(source, within));
        let mut call = Self { function, extent, in_from: true, arguments: Vec::new(), partition };
        call.read(source, args)?;
        Ok(call)
    }

    /// A call in GROUP BY or an expression: of `function`, which `name` begins with.
    pub(super) fn in_expression(
        source: &Source,
        function: &'static Function,
        call: &'a ast::Function,
        extent: Extent,
    ) -> Result<Self> {
        let mut this =
            Self { function, extent, in_from: false, arguments: Vec::new(), partition: None };
        match &call.args {
            ast::FunctionArguments::List(list) => this.read(source, &list.args)?,
            _ => return Err(this.wrong(source, extent)),
        }
        Ok(this)
    }

    /// How it is written.
    pub(super) fn usage(&self) -> &'static str {
        self.function.group.filter(|_| !self.in_from).unwrap_or(self.function.usage)
    }

    /// The parameters of this spelling.
    fn places(&self) -> &'static [&'static str] {
        let all = self.function.places;
        if self.in_from { all } else { all.get(1..).unwrap_or(&[]) }
    }

    pub(super) fn wrong(&self, source: &Source, extent: Extent) -> CompileError {
        let message = format!("{} has other arguments", self.function.name);
        source.error(extent, Kind::Syntax, message, self.usage())
    }

    fn read(&mut self, source: &Source, args: &'a [FunctionArg]) -> Result<()> {
        let places = self.places();
        self.arguments = places.iter().map(|_| None).collect();
        for (i, arg) in args.iter().enumerate() {
            let extent = argument(source, self.extent, i);
            let (place, expr) = match arg {
                FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)) => (i, expr),
                FunctionArg::Named { name, arg: FunctionArgExpr::Expr(expr), operator: _ } => {
                    let same = |place: &&str| place.eq_ignore_ascii_case(&name.value);
                    let Some(place) = places.iter().position(same) else {
                        let at = source.extent(name.span, extent);
                        let message =
                            format!("{} has no parameter {}", self.function.name, name.value);
                        let help = did_you_mean(&name.value, places.iter().copied());
                        return Err(source.error(at, Kind::Unknown, message, help));
                    };
                    let extent = Extent { first: (extent.first + 2).min(extent.last), ..extent };
                    self.put(source, place, Argument { expr, extent })?;
                    continue;
                }
                _ => return Err(self.wrong(source, self.extent)),
            };
            self.put(source, place, Argument { expr, extent })?;
        }
        let required = self.function.required - usize::from(!self.in_from);
        if self.arguments.iter().take(required).any(Option::is_none) {
            return Err(self.wrong(source, self.extent));
        }
        Ok(())
    }

    fn put(&mut self, source: &Source, place: usize, argument: Argument<'a>) -> Result<()> {
        let slot = match self.arguments.get_mut(place) {
            Some(slot @ None) => slot,
            _ => return Err(self.wrong(source, self.extent)),
        };
        *slot = Some(argument);
        Ok(())
    }

    /// The argument of a parameter.
    pub(super) fn argument(&self, place: &str) -> Option<Argument<'a>> {
        let at = self.places().iter().position(|p| *p == place)?;
        self.arguments.get(at).copied().flatten()
    }

    /// The argument of a parameter that has to be there.
    pub(super) fn required(&self, source: &Source, place: &str) -> Result<Argument<'a>> {
        self.argument(place).ok_or_else(|| self.wrong(source, self.extent))
    }

    /// The name of the stream.
    pub(super) fn stream(&self, source: &Source) -> Result<&'a ast::Ident> {
        let argument = self.required(source, "DATA")?;
        match argument.expr {
            Expr::Identifier(ident) => Ok(ident),
            other => Err(self.wrong(source, source.extent(other.span(), argument.extent))),
        }
    }
}

/// The tokens of a call's argument.
fn argument(source: &Source, call: Extent, index: usize) -> Extent {
    let keys = rewrite::partition(source, Extent { first: call.first + 2, last: call.last });
    let (mut depth, mut found, mut first) = (0usize, 0, call.first + 2);
    for i in call.first + 2..=call.last {
        match source.token(i) {
            _ if keys.is_some_and(|keys| (keys.first..=keys.last).contains(&i)) => {}
            Token::LParen => depth += 1,
            Token::Comma | Token::RParen if depth == 0 => {
                if found == index {
                    return Extent { first, last: i - 1 };
                }
                (found, first) = (found + 1, i + 1);
            }
            Token::RParen => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    call
}
