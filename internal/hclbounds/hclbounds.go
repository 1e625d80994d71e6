// Package hclbounds finds what in a text of HCL would be too much for its parser, which recurses: without bounds, a
// hostile or generated file would end the process, as Go cannot recover from a stack that is full.
package hclbounds

import (
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// Limits are what a text may have at most.
type Limits struct {
	Nesting   int // of brackets and templates
	Operators int // altogether, as each nests what comes after it, or before
}

// Excess is what a text has too much of.
type Excess int

// What a text may have too much of.
const (
	None Excess = iota
	Nesting
	Operators
)

// Find returns what is too much first, and where.
func (l Limits) Find(data []byte, name string) (Excess, hcl.Range) {
	tokens, _ := hclsyntax.LexConfig(data, name, hcl.InitialPos)
	depth, operators := 0, 0
	for _, token := range tokens {
		if slices.Contains(operatorTokens, token.Type) {
			operators++
		}
		if operators > l.Operators {
			return Operators, token.Range
		}
		switch token.Type {
		case hclsyntax.TokenOBrace, hclsyntax.TokenOBrack, hclsyntax.TokenOParen, hclsyntax.TokenTemplateInterp, hclsyntax.TokenTemplateControl:
			depth++
		case hclsyntax.TokenCBrace, hclsyntax.TokenCBrack, hclsyntax.TokenCParen, hclsyntax.TokenTemplateSeqEnd:
			depth--
		}
		if depth > l.Nesting {
			return Nesting, token.Range
		}
	}
	return None, hcl.Range{}
}

// operatorTokens are those that let an expression be deep without being in brackets.
var operatorTokens = []hclsyntax.TokenType{
	hclsyntax.TokenBang, hclsyntax.TokenMinus, hclsyntax.TokenPlus, hclsyntax.TokenStar, hclsyntax.TokenSlash, hclsyntax.TokenPercent,
	hclsyntax.TokenEqualOp, hclsyntax.TokenNotEqual, hclsyntax.TokenLessThan, hclsyntax.TokenLessThanEq, hclsyntax.TokenGreaterThan,
	hclsyntax.TokenGreaterThanEq, hclsyntax.TokenAnd, hclsyntax.TokenOr, hclsyntax.TokenQuestion,
	hclsyntax.TokenOBrack, hclsyntax.TokenTemplateControl,
}
