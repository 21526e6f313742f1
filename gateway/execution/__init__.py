"""Planned execution of GraphQL documents: compile once, run many times.

graphql-core walks the document anew for every value of every list. Here a validated document is compiled once into a
*plan*, and the plan works on whole columns: a list of 100 posts is a table of 100 rows, and each field of the selection
is one column of it, filled in one go. A request's way through a plan:

    plan        compile_plan(schema, document) -> Plan; plan.execute(root, context, variables) -> ExecutionResult,
                or, where a resolver has to be waited for, one to await
    planner     document -> tree: fragments merged, types found, each field's source and each value's completion chosen
    tree        what a plan is made of: Selection (a level of rows), Field (a column of it), Slot (a place for a value)
    codegen     the Python that turns the rows of a level into dictionaries: one generated function per level
    levels      runs a level: fills its columns side by side, then shapes its rows
    sources     where a column's values come from: attributes, resolvers, or one call for the whole level
    completion  what becomes of a column's values: leaves, lists, objects, abstract types (specification, section 6.4.3)
    run         what one execution carries: variables, context, errors, and which error nulls which parent
    leaves      what is known of scalars and enums beforehand
    objects     objects and abstract types: which level a value belongs to
    awaiting    values that are here at once, or later; several at once, nothing left behind
    arguments   a field's arguments, coerced once
    documents   what must be known of a document before it is planned
    places      where in the response a value belongs, worked out only when an error or a resolver asks
    info        the ``info`` of resolvers, with everything that graphql-core's has
    batching    fields resolved for a whole level at once, and the same fields under graphql-core
    outline     a plan as data
    explain     a plan as text

graphql-core is the reference and the fallback: what a plan does not cover raises ``PlanUnsupported`` when it is
compiled. This package imports graphql-core and the standard library only.
"""

from gateway.execution.batching import BATCH, mark_batch, per_parent
from gateway.execution.leaves import UNCHANGED
from gateway.execution.objects import TYPE_NAME
from gateway.execution.plan import Plan, compile_plan
from gateway.execution.planner import PlanUnsupported
from gateway.execution.sources import ATTRIBUTE, COMPUTED

__all__ = [
    "ATTRIBUTE",
    "BATCH",
    "COMPUTED",
    "TYPE_NAME",
    "UNCHANGED",
    "Plan",
    "PlanUnsupported",
    "compile_plan",
    "mark_batch",
    "per_parent",
]
