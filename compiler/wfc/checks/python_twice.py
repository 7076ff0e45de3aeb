"""Python bodies read without running them: does a body only compute, so that a second run of it leaves nothing behind?

It does when all that it can name is harmless. A program can only do what it gets hold of: `open` and `exec` by their
names, modules by an import, all else as an attribute of something. So each name that the body does not bind itself has
to be one of BUILTINS, each import one of MODULES, each attribute one of METHODS, and what could go around that
(classes, `global`, attributes that are set, names with `__`) is not read. Whatever is not listed makes a body
`unknown`.

The clock and random numbers are listed: a body that reads them gives another result, but leaves nothing in the world.
"""

from __future__ import annotations

from wfc.checks.python_taint import every, function_of, kind, parsed
from wfc.embedded.verdict import READ, UNKNOWN, Verdict

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from symtable import SymbolTable

    from wfc.checks.python_taint import Node

ALL = "*"
"""Of a module without anything that reaches outside, and without modules of its own."""
MODULES = {
    "base64": "b16decode b16encode b32decode b32encode b64decode b64encode b85decode b85encode standard_b64decode "
    "standard_b64encode urlsafe_b64decode urlsafe_b64encode",
    "bisect": "bisect bisect_left bisect_right insort insort_left insort_right",
    "cmath": ALL,
    "collections": "ChainMap Counter OrderedDict defaultdict deque",
    "copy": "copy deepcopy",
    "csv": "DictReader DictWriter Error QUOTE_ALL QUOTE_MINIMAL QUOTE_NONE QUOTE_NONNUMERIC reader writer",
    "datetime": "UTC date datetime time timedelta timezone MAXYEAR MINYEAR",
    "decimal": "Context Decimal DivisionByZero InvalidOperation ROUND_CEILING ROUND_DOWN ROUND_FLOOR ROUND_HALF_DOWN "
    "ROUND_HALF_EVEN ROUND_HALF_UP ROUND_UP",
    "fractions": "Fraction",
    "functools": "cache cmp_to_key lru_cache partial reduce",
    "hashlib": "blake2b blake2s md5 new sha1 sha224 sha256 sha384 sha3_256 sha3_512 sha512",
    "heapq": "heapify heappop heappush heappushpop heapreplace merge nlargest nsmallest",
    "hmac": "compare_digest digest new",
    "html": "escape unescape",
    "io": "BytesIO StringIO",
    "itertools": ALL,
    "json": "JSONDecodeError dump dumps load loads",
    "math": ALL,
    "operator": "add and_ concat contains eq floordiv ge getitem gt itemgetter le lt mod mul ne neg not_ or_ pow "
    "setitem sub truediv xor",
    "random": "Random choice choices gauss randint random randrange sample seed shuffle uniform",
    "re": "A ASCII DOTALL I IGNORECASE M MULTILINE S U UNICODE VERBOSE X compile error escape findall finditer "
    "fullmatch match search split sub subn",
    "statistics": "StatisticsError correlation fmean geometric_mean harmonic_mean mean median median_high median_low "
    "mode multimode pstdev pvariance quantiles stdev variance",
    "string": "Template ascii_letters ascii_lowercase ascii_uppercase digits hexdigits octdigits printable punctuation "
    "whitespace",
    "sys": "maxsize stderr stdout version_info",
    "textwrap": "dedent fill indent shorten wrap",
    "time": "gmtime localtime mktime monotonic perf_counter sleep strftime strptime time time_ns",
    "typing": "Any Callable Iterable Iterator Mapping Optional Sequence Union",
    "unicodedata": ALL,
    "urllib": "",
    "urllib.parse": "parse_qs parse_qsl quote quote_plus unquote unquote_plus urlencode urljoin urlparse urlsplit "
    "urlunparse urlunsplit",
    "uuid": "NAMESPACE_DNS NAMESPACE_OID NAMESPACE_URL NAMESPACE_X500 UUID uuid3 uuid4 uuid5",
    "zoneinfo": "ZoneInfo",
}
"""Module of Python's library → what of it reaches no file, process or network (docs.python.org, library reference).

Named one by one because a module also holds those that it imports (`json.codecs.open`). `uuid1` asks programs for the
address of the machine, `attrgetter` and `methodcaller` reach attributes that nobody sees, so they are not here.
"""

BUILTINS = frozenset(
    "False None True abs all any ascii bin bool bytearray bytes callable chr complex dict divmod enumerate filter "
    "float format frozenset hash hex id int isinstance issubclass iter len list map max min next object oct ord pow "
    "print range repr reversed round set slice sorted str sum tuple type zip".split()
)
"""Functions that are there without an import and reach nothing; exceptions are too."""

METHODS = frozenset(
    (
        # texts, numbers, lists, sets and records, as of Python 3.11
        *"add append as_integer_ratio bit_count bit_length capitalize casefold center clear conjugate copy count "
        "decode denominator difference difference_update discard encode endswith expandtabs extend find format "
        "format_map from_bytes fromhex fromkeys get hex imag index insert intersection intersection_update "
        "is_integer isalnum isalpha isascii isdecimal isdigit isdisjoint isidentifier islower isnumeric "
        "isprintable isspace issubset issuperset istitle isupper items join keys ljust lower lstrip maketrans "
        "numerator partition pop popitem real remove removeprefix removesuffix replace reverse rfind rindex rjust "
        "rpartition rsplit rstrip setdefault sort split splitlines start startswith step stop strip swapcase "
        "symmetric_difference symmetric_difference_update title to_bytes translate union update upper values "
        "zfill".split(),
        *"__name__ args".split(),
        # datetime
        *"astimezone combine date day days fold fromisocalendar fromisoformat fromordinal fromtimestamp hour "
        "isocalendar isoformat isoweekday max microsecond microseconds min minute month now second seconds "
        "strftime strptime time timestamp timetz timetuple today toordinal total_seconds tzinfo tzname utc "
        "utcfromtimestamp utcnow utcoffset weekday year".split(),
        # re, string.Template
        *"end findall finditer fullmatch group groupdict groups lastgroup match pattern safe_substitute search span "
        "start string sub subn substitute".split(),
        # collections, itertools
        *"appendleft elements extendleft from_iterable maxlen most_common move_to_end popleft rotate subtract "
        "total".split(),
        # decimal, fractions
        *"adjusted as_tuple compare copy_abs exp is_finite is_nan ln log10 limit_denominator normalize quantize sqrt "
        "to_integral_value".split(),
        # io, csv; all files of such a body are in memory, or what it prints
        *"fieldnames flush getvalue line_num read readline readlines seek tell write writeheader writelines writerow "
        "writerows".split(),
        # hashlib, uuid, urllib.parse, random, json
        *"colno digest doc fragment geturl hexdigest hostname lineno msg netloc params password path port pos query "
        "scheme urn username choice choices randint random randrange sample shuffle uniform".split(),
    )
)
"""Attributes of values, written out so that what is found depends on no version of Python."""

KINDS = frozenset(
    "Module FunctionDef arguments arg Lambda Return Delete Assign AugAssign AnnAssign For While If Raise Try "
    "TryStar ExceptHandler Assert Import ImportFrom alias Nonlocal Expr Pass Break Continue BoolOp NamedExpr "
    "BinOp UnaryOp IfExp Dict Set ListComp SetComp DictComp GeneratorExp comprehension Yield YieldFrom Compare "
    "Call keyword FormattedValue JoinedStr Constant Attribute Subscript Starred Name List Tuple Slice Load Store "
    "Del And Or Add Sub Mult Div FloorDiv Mod Pow LShift RShift BitOr BitXor BitAnd Invert Not UAdd USub Eq NotEq "
    "Lt LtE Gt GtE Is IsNot In NotIn".split()
)
"""What is read of Python's syntax: no classes, no `global`, no `with`, nothing that waits, no `match`."""


ENDS = "\r\f"
"""Where Python begins a line, or its margin, anew though no line of the body ends: a body could leave its function."""


def classify(body: str, names: Collection[str]) -> Verdict:
    """`read` for a body that only computes and prints, `unknown` for any other; names: those of its parameters."""
    if any(mark in body for mark in ENDS):
        return Verdict(UNKNOWN)
    try:
        tree = parsed(body, names)
        if len(tree.body) != 1:
            return Verdict(UNKNOWN)
        is_read = Names(list(every([tree])), names).are_harmless() and not any(strangers(function_of(body, names)))
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return Verdict(UNKNOWN)  # WF212 tells of it
    return Verdict(READ if is_read else UNKNOWN)


def strangers(source: str) -> Iterator[str]:
    """The names that a text does not bind where it reads them, and that are none of BUILTINS."""
    import warnings
    from symtable import symtable

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        waiting: list[SymbolTable] = symtable(source, "<python>", "exec").get_children()
    while waiting:
        table = waiting.pop()
        waiting += table.get_children()
        for symbol in table.get_symbols():
            if symbol.is_global() and not is_builtin(symbol.get_name()):
                yield symbol.get_name()


def is_builtin(name: str) -> bool:
    """Is it the name of a harmless function, or of an exception?"""
    import builtins

    found = getattr(builtins, name, None)
    return name in BUILTINS or (isinstance(found, type) and issubclass(found, BaseException))


class Names:
    """What a body imports, and which attributes it reads. nodes: all of its tree."""

    def __init__(self, nodes: list[Node], names: Collection[str]) -> None:
        self.nodes = nodes
        self.modules: dict[str, str] = {}
        self.bound = {*names, *(name for node in nodes for name in bound_by(node))}
        self.owners = {id(node.value) for node in nodes if kind(node) == "Attribute"}

    def are_harmless(self) -> bool:
        """Is all that is read here listed?"""
        return all(map(self.is_known_import, self.nodes)) and all(map(self.is_harmless, self.nodes))

    def is_known_import(self, node: Node) -> bool:
        """Does an import bring only what is listed? Keeps what its modules are called."""
        if kind(node) == "Import":
            pairs = [(one.asname or one.name.partition(".")[0], one) for one in node.names]
            named = [(name, one.name if one.asname else name, one.name) for name, one in pairs]
            return all(full in MODULES and self.is_kept(name, module) for name, module, full in named)
        if kind(node) != "ImportFrom":
            return True
        if node.level or node.module not in MODULES:
            return False
        for one in node.names:
            name, full = one.asname or one.name, f"{node.module}.{one.name}"
            if full in MODULES:
                if not self.is_kept(name, full):
                    return False
            elif not is_listed(node.module, one.name) or name in self.modules:
                return False
        return True

    def is_kept(self, name: str, module: str) -> bool:
        """Does a name stand for this module and for nothing else? Keeps it."""
        return name not in self.bound and self.modules.setdefault(name, module) == module

    def module_of(self, node: Node) -> str:
        """The module that a name, or a name with dots, stands for; "" for a value."""
        if kind(node) == "Name":
            return self.modules.get(node.id, "")
        owner = self.module_of(node.value) if kind(node) == "Attribute" else ""
        full = f"{owner}.{node.attr}" if owner else ""
        return full if full in MODULES else ""

    def is_harmless(self, node: Node) -> bool:
        """Is a node of a kind that is read, and does it get hold of nothing but what is listed?"""
        if kind(node) not in KINDS or (self.module_of(node) and id(node) not in self.owners):
            return False
        if kind(node) != "Attribute" or self.module_of(node):
            return True
        owner = self.module_of(node.value)
        return kind(node.ctx) == "Load" and (is_listed(owner, node.attr) if owner else node.attr in METHODS)


def is_listed(module: str, name: str) -> bool:
    """Is it something of a module that reaches nothing?"""
    listed = MODULES[module]
    return not name.startswith("_") and name != ALL and (listed == ALL or name in listed.split())


def bound_by(node: Node) -> Iterator[str]:
    """The names that a node binds, other than by an import of a module."""
    match kind(node):
        case "Name" if kind(node.ctx) != "Load":
            yield node.id
        case "arg":
            yield node.arg
        case "FunctionDef" | "ExceptHandler" if node.name:
            yield node.name
        case "ImportFrom":
            yield from (one.asname or one.name for one in node.names if f"{node.module}.{one.name}" not in MODULES)
        case _:
            pass
