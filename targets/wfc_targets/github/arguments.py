"""The values a step is given: environment variables, natively where that is exact, else from a computation in front."""

from __future__ import annotations

from wfc import ir
from wfc.types import STRING
from wfc_targets.github import shapes
from wfc_targets.github.computed import output
from wfc_targets.github.expressions import text
from wfc_targets.github.rewrite import bound
from wfc_targets.github.wires import variable_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wfc.ir import AnyExpr
    from wfc_targets.github.draft import Draft, Scope


class Arguments:
    """env: the variables so far. computed: what the step `calc` in front has to compute, by name of its output."""

    def __init__(self, draft: Draft, scope: Scope, calc: str) -> None:
        self.draft = draft
        self.scope = scope
        self.calc = calc
        self.env: dict[str, str] = {}
        self.computed: list[tuple[str, AnyExpr]] = []

    def give(self, name: str, expr: AnyExpr) -> None:
        """Set the variable `name` to the text of a value; of a list or record, to its JSON."""
        if not shapes.scalar(expr.type):
            expr = ir.Apply(STRING, expr.span, "json", (expr,))
        native = text(self.draft, expr, self.scope)
        if native is not None:
            self.env[name] = native
            return
        key = name.lower()
        self.computed.append((key, bound(expr, self.scope.loops)))
        self.env[name] = output(self.calc, key, expr)

    def variable(self, wanted: str, expr: AnyExpr) -> str:
        """A new variable with the text of a value; returns its name."""
        name = variable_name(wanted, self.env)
        self.give(name, expr)
        return name
