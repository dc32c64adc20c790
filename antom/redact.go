package antom

import (
	"encoding/json"
	"fmt"
	"log/slog"
)

// secrets are the members that are never printed: what a card can be charged
// with, what a session can be taken over with, and who the buyer is.
var secrets = map[string]bool{
	"cardNo": true, "cvv": true, "expiryMonth": true, "expiryYear": true, "cardholderName": true,
	"cardPasswordDigest": true, "cpf": true, "dateOfBirth": true, "businessNo": true, "payerEmail": true,
	"cardToken": true, "paymentMethodId": true, "token": true, "accountHolderName": true, "email": true, "networkTransactionId": true, "mpiData": true,
	"cavv": true, "authorizationCode": true,
	"paymentSessionData": true, "vaultingSessionData": true, "disputeEvidence": true,
	"buyerName": true, "buyerEmail": true, "buyerPhoneNo": true, "billingAddress": true,
	"shippingName": true, "shippingAddress": true, "shippingPhoneNo": true, "shipToEmail": true,
}

const redacted = "REDACTED"

// printable is a message as JSON, with every secret member blacked out.
func printable(message any) string {
	body, err := json.Marshal(message)
	if err != nil {
		return redacted
	}
	var tree any
	if json.Unmarshal(body, &tree) != nil {
		return redacted
	}
	blackOut(tree)
	body, _ = json.Marshal(tree) // it has just been read
	return string(body)
}

func blackOut(tree any) {
	switch tree := tree.(type) {
	case []any:
		for _, element := range tree {
			blackOut(element)
		}
	case map[string]any:
		for name, value := range tree {
			if secrets[name] {
				tree[name] = redacted
			} else {
				blackOut(value)
			}
		}
	}
}

// Every message that can hold a secret prints and logs itself without it,
// whatever the verb. Format implements [fmt.Formatter], LogValue
// [slog.LogValuer]. Its JSON is the wire's and holds everything.

func (m Order) Format(f fmt.State, _ rune)                           { fmt.Fprint(f, printable(m)) }
func (m Buyer) Format(f fmt.State, _ rune)                           { fmt.Fprint(f, printable(m)) }
func (m Shipping) Format(f fmt.State, _ rune)                        { fmt.Fprint(f, printable(m)) }
func (m PaymentMethod) Format(f fmt.State, _ rune)                   { fmt.Fprint(f, printable(m)) }
func (m Metadata) Format(f fmt.State, _ rune)                        { fmt.Fprint(f, printable(m)) }
func (m MPIData) Format(f fmt.State, _ rune)                         { fmt.Fprint(f, printable(m)) }
func (m PaymentResultInfo) Format(f fmt.State, _ rune)               { fmt.Fprint(f, printable(m)) }
func (m ThreeDSResult) Format(f fmt.State, _ rune)                   { fmt.Fprint(f, printable(m)) }
func (m PaymentSessionRequest) Format(f fmt.State, _ rune)           { fmt.Fprint(f, printable(m)) }
func (m PaymentSessionResponse) Format(f fmt.State, _ rune)          { fmt.Fprint(f, printable(m)) }
func (m PayRequest) Format(f fmt.State, _ rune)                      { fmt.Fprint(f, printable(m)) }
func (m PayResponse) Format(f fmt.State, _ rune)                     { fmt.Fprint(f, printable(m)) }
func (m InquiryPaymentResponse) Format(f fmt.State, _ rune)          { fmt.Fprint(f, printable(m)) }
func (m ConsultRequest) Format(f fmt.State, _ rune)                  { fmt.Fprint(f, printable(m)) }
func (m PaymentNotification) Format(f fmt.State, _ rune)             { fmt.Fprint(f, printable(m)) }
func (m VaultPaymentMethodRequest) Format(f fmt.State, _ rune)       { fmt.Fprint(f, printable(m)) }
func (m VaultingSessionResponse) Format(f fmt.State, _ rune)         { fmt.Fprint(f, printable(m)) }
func (m VaultingResponse) Format(f fmt.State, _ rune)                { fmt.Fprint(f, printable(m)) }
func (m PaymentMethodDetail) Format(f fmt.State, _ rune)             { fmt.Fprint(f, printable(m)) }
func (m VaultCard) Format(f fmt.State, _ rune)                       { fmt.Fprint(f, printable(m)) }
func (m UnknownNotification) Format(f fmt.State, _ rune)             { fmt.Fprint(f, printable(m)) }
func (m VaultingResult) Format(f fmt.State, _ rune)                  { fmt.Fprint(f, printable(m)) }
func (m SupplyDefenseDocumentRequest) Format(f fmt.State, _ rune)    { fmt.Fprint(f, printable(m)) }
func (m DownloadDisputeEvidenceResponse) Format(f fmt.State, _ rune) { fmt.Fprint(f, printable(m)) }
func (m CardInfoRequest) Format(f fmt.State, _ rune)                 { fmt.Fprint(f, printable(m)) }
func (m InquireTokenRequest) Format(f fmt.State, _ rune)             { fmt.Fprint(f, printable(m)) }
func (m UpdateTokenRequest) Format(f fmt.State, _ rune)              { fmt.Fprint(f, printable(m)) }
func (m DeleteTokenRequest) Format(f fmt.State, _ rune)              { fmt.Fprint(f, printable(m)) }
func (m TokenResponse) Format(f fmt.State, _ rune)                   { fmt.Fprint(f, printable(m)) }

func (m Order) LogValue() slog.Value                           { return slog.StringValue(printable(m)) }
func (m Buyer) LogValue() slog.Value                           { return slog.StringValue(printable(m)) }
func (m Shipping) LogValue() slog.Value                        { return slog.StringValue(printable(m)) }
func (m PaymentMethod) LogValue() slog.Value                   { return slog.StringValue(printable(m)) }
func (m Metadata) LogValue() slog.Value                        { return slog.StringValue(printable(m)) }
func (m MPIData) LogValue() slog.Value                         { return slog.StringValue(printable(m)) }
func (m PaymentResultInfo) LogValue() slog.Value               { return slog.StringValue(printable(m)) }
func (m ThreeDSResult) LogValue() slog.Value                   { return slog.StringValue(printable(m)) }
func (m PaymentSessionRequest) LogValue() slog.Value           { return slog.StringValue(printable(m)) }
func (m PaymentSessionResponse) LogValue() slog.Value          { return slog.StringValue(printable(m)) }
func (m PayRequest) LogValue() slog.Value                      { return slog.StringValue(printable(m)) }
func (m PayResponse) LogValue() slog.Value                     { return slog.StringValue(printable(m)) }
func (m InquiryPaymentResponse) LogValue() slog.Value          { return slog.StringValue(printable(m)) }
func (m ConsultRequest) LogValue() slog.Value                  { return slog.StringValue(printable(m)) }
func (m PaymentNotification) LogValue() slog.Value             { return slog.StringValue(printable(m)) }
func (m VaultPaymentMethodRequest) LogValue() slog.Value       { return slog.StringValue(printable(m)) }
func (m VaultingSessionResponse) LogValue() slog.Value         { return slog.StringValue(printable(m)) }
func (m VaultingResponse) LogValue() slog.Value                { return slog.StringValue(printable(m)) }
func (m PaymentMethodDetail) LogValue() slog.Value             { return slog.StringValue(printable(m)) }
func (m VaultCard) LogValue() slog.Value                       { return slog.StringValue(printable(m)) }
func (m UnknownNotification) LogValue() slog.Value             { return slog.StringValue(printable(m)) }
func (m VaultingResult) LogValue() slog.Value                  { return slog.StringValue(printable(m)) }
func (m SupplyDefenseDocumentRequest) LogValue() slog.Value    { return slog.StringValue(printable(m)) }
func (m DownloadDisputeEvidenceResponse) LogValue() slog.Value { return slog.StringValue(printable(m)) }
func (m CardInfoRequest) LogValue() slog.Value                 { return slog.StringValue(printable(m)) }
func (m InquireTokenRequest) LogValue() slog.Value             { return slog.StringValue(printable(m)) }
func (m UpdateTokenRequest) LogValue() slog.Value              { return slog.StringValue(printable(m)) }
func (m DeleteTokenRequest) LogValue() slog.Value              { return slog.StringValue(printable(m)) }
func (m TokenResponse) LogValue() slog.Value                   { return slog.StringValue(printable(m)) }

// Format prints a configuration without its keys.
func (c Config) Format(f fmt.State, _ rune) { fmt.Fprintf(f, "antom.Config{ClientID:%s}", c.ClientID) }

// LogValue logs a configuration without its keys.
func (c Config) LogValue() slog.Value { return slog.StringValue(fmt.Sprint(c)) }

// Format prints a client without its keys.
func (c *Client) Format(f fmt.State, _ rune) { fmt.Fprintf(f, "antom.Client{ClientID:%s}", c.clientID) }

// LogValue logs a client without its keys.
func (c *Client) LogValue() slog.Value { return slog.StringValue(fmt.Sprint(c)) }
