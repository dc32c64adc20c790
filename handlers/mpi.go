package handlers

import (
	"encoding/json"
	"errors"

	"github.com/labstack/echo/v4"

	"antom-checkout/checkout"
	"antom-checkout/handlers/api"
	"antom-checkout/handlers/web"
)

// postedMPI is the result of a 3-D Secure authentication that a program of the merchant's
// posts beside a card.
type postedMPI struct {
	Version       string `json:"version"`
	ECI           string `json:"eci"`
	CAVV          string `json:"cavv"`
	TransactionID string `json:"ds_transaction_id"`
}

// readMPI reads it from its member of the body.
func (posted *start) readMPI(member json.RawMessage) error {
	if len(member) == 0 || string(member) == "null" {
		return nil
	}
	posted.mpi = &postedMPI{}
	if json.Unmarshal(member, posted.mpi) != nil {
		return web.Unreadable(errors.New("mpi cannot be read")) // the decoder's error would quote it
	}
	return nil
}

// takeMPI puts the proof to the card that it belongs to. Only a program with an API key may
// bring one: a buyer could claim anything. Errors: 401 and 403; CodeFormInvalid where no card
// is typed with it.
func (s cashier) takeMPI(c echo.Context, posted *start) error {
	if posted.mpi == nil {
		return nil
	}
	if err := api.Require(c, s.merchant, checkout.ScopeWriteOrders); err != nil {
		return err
	}
	if !posted.entered.Given() || !s.takesCards() {
		return &checkout.Error{Code: checkout.CodeFormInvalid, Fields: map[string]string{checkout.FieldMPI: "error.invalid"}}
	}
	m := posted.mpi
	posted.entered = posted.entered.WithMPI(checkout.MPI{Version: m.Version, ECI: m.ECI, CAVV: []byte(m.CAVV), TransactionID: m.TransactionID})
	return nil
}
