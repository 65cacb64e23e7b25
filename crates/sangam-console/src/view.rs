//! What pages are made of. A page is data: its blocks are rendered by templates, which escape every text, so that no page writes HTML.

mod action;
mod cell;
mod checks;
mod field;
mod form;
mod grid;
mod html;
mod lines;
mod matrix;
mod panel;
mod prose;
mod screen;
mod ticks;
mod wizard;

pub(crate) use action::Action;
pub(crate) use cell::{Cell, Tone, day_time};
pub(crate) use checks::{CheckRow, Checks};
pub(crate) use field::{Field, Opt, Rows};
pub(crate) use form::{Button, Form, Section};
pub(crate) use grid::{Column, Grid};
pub(crate) use html::Html;
pub(crate) use lines::Lines;
pub(crate) use matrix::{Matrix, MatrixRow};
pub(crate) use panel::{Facts, Message, Table};
pub(crate) use prose::prose;
pub(crate) use screen::{Link, NavGroup, Notice, Screen, Who};
pub(crate) use ticks::ticks;
pub(crate) use wizard::{Step, Turn, Wizard};
