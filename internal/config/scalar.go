package config

import (
	"fmt"
	"math"
	"reflect"
	"regexp"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

// decodeScalar decodes a string, a number or a truth value.
func decodeScalar(node ast.Node, to reflect.Value) error {
	switch to.Kind() {
	case reflect.String:
		text, ok := scalarText(node)
		if !ok {
			return typeError(node, to.Type())
		}
		to.SetString(text)
		return nil
	case reflect.Bool:
		b, ok := node.(*ast.BoolNode)
		if !ok {
			return typeError(node, to.Type())
		}
		to.SetBool(b.Value)
		return nil
	}
	return decodeNumber(node, to)
}

// scalarText is a scalar as it is written, so that a version 1.10 does not become 1.1.
func scalarText(node ast.Node) (string, bool) {
	switch n := node.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.LiteralNode:
		return n.Value.Value, true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode, *ast.MergeKeyNode:
		return node.GetToken().Value, true
	}
	return "", false
}

func decodeNumber(node ast.Node, to reflect.Value) error {
	text, ok := numberText(node)
	if !ok {
		return typeError(node, to.Type())
	}
	err := strconv.ErrRange
	switch {
	case to.CanInt():
		var v int64
		if v, err = strconv.ParseInt(wholeText(text), 10, to.Type().Bits()); err == nil {
			to.SetInt(v)
		}
	case to.CanUint():
		var v uint64
		if v, err = strconv.ParseUint(wholeText(text), 10, to.Type().Bits()); err == nil {
			to.SetUint(v)
		}
	case to.CanFloat():
		var v float64
		if v, err = strconv.ParseFloat(text, to.Type().Bits()); err == nil {
			to.SetFloat(v)
		}
	}
	return numberError(node, to.Type(), err)
}

func numberError(node ast.Node, want reflect.Type, err error) error {
	if err == nil {
		return nil
	}
	if e, ok := err.(*strconv.NumError); ok && e.Err == strconv.ErrSyntax {
		return typeError(node, want)
	}
	return syntaxError(node, "%s is out of range for %s", node.GetToken().Value, kindName(want))
}

// decimal is a number in the core schema of YAML 1.2 that is neither hexadecimal nor octal. The parser takes
// numbers such as 1e-3 and those past 64 bits for strings.
var decimal = regexp.MustCompile(`^[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?$`)

// numberText is a number in decimal. One in quotes is a string.
func numberText(node ast.Node) (string, bool) {
	switch n := node.(type) {
	case *ast.IntegerNode:
		return fmt.Sprint(n.Value), true
	case *ast.FloatNode:
		return strings.ReplaceAll(n.GetToken().Value, "_", ""), true
	case *ast.StringNode:
		return n.Value, n.Token.Type == token.StringType && decimal.MatchString(n.Value)
	}
	return "", false
}

// wholeText writes a whole number such as 1e6 or 3.0 without point and exponent; others stay as they are.
func wholeText(text string) string {
	if !strings.ContainsAny(text, ".eE") {
		return strings.TrimPrefix(text, "+")
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || f != math.Trunc(f) || math.Abs(f) >= 1<<53 {
		return text
	}
	return strconv.FormatFloat(f, 'f', -1, 64)
}

// typeError says that a value is not of the kind that its key has, in the words of a config and not of Go.
func typeError(node ast.Node, want reflect.Type) error {
	return syntaxError(node, "%s where %s is expected", valueName(node), kindName(want))
}

func valueName(node ast.Node) string {
	if _, ok := numberText(node); ok {
		return node.GetToken().Value
	}
	switch node.(type) {
	case *ast.StringNode, *ast.LiteralNode:
		return "a string"
	case *ast.MappingNode, *ast.MappingValueNode:
		return "a section with keys"
	case *ast.SequenceNode:
		return "a list"
	case *ast.NullNode:
		return "an empty value"
	}
	return node.GetToken().Value
}

func kindName(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Bool:
		return "true or false"
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return "a whole number"
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return "a whole number from 0"
	case reflect.Float32, reflect.Float64:
		return "a finite number"
	case reflect.String:
		return "a string"
	case reflect.Slice, reflect.Array:
		return "a list"
	case reflect.Map, reflect.Struct:
		return "a section with keys"
	}
	return t.String()
}
