package handlers

import (
	"encoding/json"
	"errors"

	"github.com/labstack/echo/v4"

	"antom-checkout/checkout"
	"antom-checkout/handlers/api"
	"antom-checkout/handlers/web"
)

// readMPI reads the result of a 3-D Secure authentication that a program of the merchant's
// posts beside a card.
func (posted *start) readMPI(member json.RawMessage) error {
	if len(member) == 0 || string(member) == "null" {
		return nil
	}
	var read struct {
		Version       string `json:"version"`
		ECI           string `json:"eci"`
		CAVV          string `json:"cavv"`
		TransactionID string `json:"ds_transaction_id"`
	}
	if json.Unmarshal(member, &read) != nil {
		return web.Unreadable(errors.New("mpi cannot be read")) // the decoder's error would quote it
	}
	posted.mpi = &checkout.MPI{Version: read.Version, ECI: read.ECI, CAVV: []byte(read.CAVV), TransactionID: read.TransactionID}
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
	posted.entered = posted.entered.WithMPI(posted.mpi)
	return nil
}
