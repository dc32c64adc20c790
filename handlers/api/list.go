package api

import (
	"context"
	"encoding/base64"
	"net/http"

	"antom-checkout/checkout"
	"antom-checkout/handlers/web"
)

// Page is a part of a list, newest first.
type Page[T any] struct {
	Data []T     `json:"data"`
	Next *string `json:"next" doc:"The cursor of the next part; null at the end of the list"`
}

// listOutput is a part of a list as the answer.
type listOutput[T any] struct{ Body Page[T] }

// ListInput says which part of a list is wanted. The input of an operation that lists
// embeds it.
type ListInput struct {
	Limit int    `query:"limit" minimum:"1" maximum:"100" default:"20" doc:"How many to list at most"`
	After string `query:"after" maxLength:"256" doc:"The cursor next of the part before; without it the list begins with the newest"`
}

// window is the part that a store has to read: one row more than is shown, which tells
// whether the list goes on.
func (in ListInput) window(ctx context.Context) (checkout.Window, error) {
	id, err := base64.RawURLEncoding.DecodeString(in.After)
	if err != nil {
		p := web.NewProblem(http.StatusUnprocessableEntity, "", "the cursor is not valid")
		p.Errors = []web.FieldProblem{{Pointer: "after", Code: web.CodeInvalid, Detail: "not a cursor that a list has returned"}}
		return checkout.Window{}, failed(ctx, p)
	}
	return checkout.Window{After: string(id), Limit: in.Limit + 1}, nil
}

// page shows the rows that a store has read of a window. id is that of a row.
func page[R, T any](in ListInput, rows []R, id func(R) string, shown func(R) T) *listOutput[T] {
	out := &listOutput[T]{Page[T]{Data: []T{}}}
	for i, row := range rows {
		if i == in.Limit {
			next := base64.RawURLEncoding.EncodeToString([]byte(id(rows[i-1])))
			out.Body.Next = &next
			break
		}
		out.Body.Data = append(out.Body.Data, shown(row))
	}
	return out
}
