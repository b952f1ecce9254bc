"""The known mistakes and the alternatives of a question, as cells that a learner could hand in.

A cell holds the whole module of the question without its annotations and without the course's
imports, in whose place stand a few lines that keep the functions; in the end it calls one of them.
"""

from __future__ import annotations

import ast
import functools
import importlib
import inspect

from attention_course.exercises.question import Question

KEPT = '''
def Mistake(name, hint, answer, sign=None):
    return name, answer


def Question(**words):
    return {"mistakes": dict(words["mistakes"]), "alternatives": words["alternatives"]}


class Anything:
    """Stands for whatever else of the course a question is made with."""

    def __call__(self, *_, **__):
        return self

    def __getattr__(self, name):
        return self


anything = Anything()
'''


def cell(question: Question, kind: str, name: str) -> str:
    """The source of a cell that answers a question.

    Args:
        question: any but one whose answer trains.
        kind: "mistakes" or "alternatives".
        name: of one of them.
    """
    return (
        f"{_module(question.id)}\n\n\ndef {question.answer}(*inputs):\n"
        f"    return QUESTION[{kind!r}][{name!r}](*inputs)\n"
    )


@functools.cache
def _module(question_id: str) -> str:
    exercise, _, name = question_id.partition(".")
    package = f"attention_course.exercises.{exercise}"
    question: Question = importlib.import_module(f"{package}.{name}").QUESTION
    whole = "\n".join(_bare(f"{package}.{name}", package, question, set()))
    return f"{KEPT}\n{whole}"


def _bare(path: str, package: str, question: Question, seen: set[str]) -> list[str]:
    """The source of a module, behind that of each module of the exercise that it imports from.

    Not of what puts the question, which may use what is barred in answers.
    """
    if path in seen:
        return []
    seen.add(path)
    module = importlib.import_module(path)
    tree = ast.parse(inspect.getsource(module))
    sources: list[str] = []
    given = ""
    for statement in list(tree.body):
        if not isinstance(statement, ast.ImportFrom):
            continue
        origin = f"{statement.module}"
        if origin == "__future__":
            tree.body.remove(statement)
        elif [getattr(module, alias.name) for alias in statement.names] == [question.ask]:
            tree.body.remove(statement)
            given += f"{statement.names[0].name} = anything\n"
        elif f"{origin}.".startswith(f"{package}."):
            tree.body.remove(statement)
            sources += _bare(origin, package, question, seen)
        elif ".exercises." in f"{origin}.":
            tree.body.remove(statement)
            for alias in statement.names:
                thing = getattr(module, alias.name)
                if isinstance(thing, int):
                    given += f"{alias.name} = {thing}\n"
                elif inspect.isfunction(thing) and "QUESTION" in thing.__globals__:
                    bare = _Bare("").visit(ast.parse(inspect.getsource(thing)))
                    given += f"{ast.unparse(bare)}\n"
                elif alias.name not in {"Mistake", "Question"}:
                    given += f"{alias.name} = anything\n"
    return [*sources, f"{given}\n{ast.unparse(_Bare(question.answer).visit(tree))}"]


class _Bare(ast.NodeTransformer):
    """Takes annotations out, and gives the reference another name than that of the answer."""

    def __init__(self, answer: str) -> None:
        self.answer = answer

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.returns = None
        for argument in ast.walk(node.args):
            if isinstance(argument, ast.arg):
                argument.annotation = None
        if node.name == self.answer:
            node.name = "the_reference"
        return self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST | None:
        if not isinstance(node.target, ast.Name) or node.value is None:
            return node  # a field of a class
        return self.generic_visit(ast.Assign([node.target], node.value, lineno=node.lineno))

    def visit_Name(self, node: ast.Name) -> ast.AST:
        if node.id == self.answer:
            node.id = "the_reference"
        return node
