package access

import (
	"errors"
	"fmt"
	"strings"
	"sync"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
)

// Bounds of a condition, so that none takes long whatever it says. Rules of real
// desks cost a few dozen of these units (cel-go: cel.CostLimit).
const (
	longestCondition = 2_000 // characters
	costLimit        = 10_000
)

// Condition is an expression in CEL, the Common Expression Language, about a
// request's facts. It was checked against Variables when it was made, and yields
// yes or no; nil is always yes. It is safe for concurrent use.
type Condition struct {
	source    string
	program   cel.Program
	variables map[string]bool // that it asks about
}

// ConditionError tells what is wrong with an expression, and where in it: line
// and column from 1.
type ConditionError struct {
	Line, Column int
	Say          string
}

// Error tells place and fault.
func (e *ConditionError) Error() string { return fmt.Sprintf("%d:%d: %s", e.Line, e.Column, e.Say) }

// NewCondition checks an expression. Its error is a *ConditionError.
func NewCondition(source string) (*Condition, error) {
	if len([]rune(source)) > longestCondition {
		return nil, &ConditionError{1, 1, fmt.Sprintf("is longer than %d characters", longestCondition)}
	}
	env := environment()
	ast, issues := env.Compile(source)
	if err := issues.Err(); err != nil {
		return nil, conditionError(issues)
	}
	if !ast.OutputType().IsExactType(cel.BoolType) {
		return nil, &ConditionError{1, 1, fmt.Sprintf("must be yes or no (bool), and is %s", ast.OutputType())}
	}
	program, err := env.Program(ast, cel.EvalOptions(cel.OptOptimize, cel.OptPartialEval), cel.CostLimit(costLimit))
	if err != nil {
		return nil, &ConditionError{1, 1, err.Error()}
	}
	c := &Condition{source: source, program: program, variables: map[string]bool{}}
	for _, ref := range ast.NativeRep().ReferenceMap() {
		c.variables[ref.Name] = true
	}
	return c, nil
}

func conditionError(issues *cel.Issues) *ConditionError {
	first := issues.Errors()[0]
	return &ConditionError{first.Location.Line(), max(1, first.Location.Column()+1), strings.TrimSpace(first.Message)}
}

// environment declares Variables.
var environment = sync.OnceValue(func() *cel.Env {
	options := append(make([]cel.EnvOption, 0, 2+len(variables)), cel.ParserExpressionSizeLimit(longestCondition), cel.ParserRecursionLimit(50))
	for _, v := range variables {
		options = append(options, cel.Variable(v.Name, v.kind))
	}
	env, err := cel.NewEnv(options...)
	if err != nil {
		panic(err) // the table of variables is wrong
	}
	return env
})

// String is the expression.
func (c *Condition) String() string {
	if c == nil {
		return ""
	}
	return c.source
}

// MarshalText makes the expression part of the hash of the rules.
func (c *Condition) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

func (c *Condition) mentions(variable string) bool { return c != nil && c.variables[variable] }

// errUnlearnt says that a condition depends on a fact that could not be learnt.
var errUnlearnt = errors.New("depends on what could not be learnt")

// holds tells whether the condition holds. An error says that it cannot be told:
// because of a fact that was not learnt (errUnlearnt), or because it costs more
// than a rule may.
func (c *Condition) holds(f facts) (bool, error) {
	if c == nil {
		return true, nil
	}
	vars, err := cel.PartialVars(f.values, f.unknown...)
	if err != nil {
		return false, err
	}
	out, _, err := c.program.Eval(vars)
	switch {
	case err != nil:
		return false, err
	case types.IsUnknown(out):
		return false, fmt.Errorf("%w: %s", errUnlearnt, strings.Join(f.missing(c), ", "))
	}
	yes, ok := out.Value().(bool)
	if !ok {
		return false, fmt.Errorf("yielded %v", out.Type())
	}
	return yes, nil
}
