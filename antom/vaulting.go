package antom

import "context"

// VaultingStatus is the state of one vaulting. The set is open.
type VaultingStatus string

// The life of a vaulting.
const (
	VaultingSuccess    VaultingStatus = "SUCCESS"
	VaultingFail       VaultingStatus = "FAIL"
	VaultingProcessing VaultingStatus = "PROCESSING"
)

// VaultingSessionRequest requests a session in which an Antom SDK stores a card.
type VaultingSessionRequest struct {
	PaymentMethodType       string `json:"paymentMethodType"` // CARD
	VaultingRequestID       string `json:"vaultingRequestId"` // idempotency key, at most 64
	VaultingNotificationURL string `json:"vaultingNotificationUrl,omitempty"`
	RedirectURL             string `json:"redirectUrl,omitempty"`
	MerchantRegion          string `json:"merchantRegion,omitempty"`
	Is3DSAuthentication     *Bool  `json:"is3DSAuthentication,omitempty"`
}

// VaultingSessionResponse holds the session. Data goes to the SDK as it is and
// is never read.
type VaultingSessionResponse struct {
	Envelope
	Data       string `json:"vaultingSessionData,omitempty"` // at most 4096
	ID         string `json:"vaultingSessionId,omitempty"`
	ExpiryTime Time   `json:"vaultingSessionExpiryTime,omitzero"`
	NormalURL  string `json:"normalUrl,omitempty"`
}

// CreateVaultingSession creates a session in which the buyer stores a card
// without paying. S means the session exists, not that a card is stored: that
// is said by a [VaultingResult] and by [Client.InquireVaulting]. F is a refusal,
// U is unknown: send the same request again.
// See https://global.alipay.com/docs/ac/ams/vaulting_session.
func (c *Client) CreateVaultingSession(ctx context.Context, req *VaultingSessionRequest) (*VaultingSessionResponse, error) {
	return call[VaultingSessionResponse](ctx, c, "vaults/createVaultingSession", req)
}

// VaultPaymentMethodRequest stores a card whose number the merchant has
// collected, which needs a PCI qualification.
type VaultPaymentMethodRequest struct {
	VaultingRequestID       string               `json:"vaultingRequestId"` // idempotency key, at most 64
	VaultingNotificationURL string               `json:"vaultingNotificationUrl,omitempty"`
	RedirectURL             string               `json:"redirectUrl,omitempty"`
	MerchantRegion          string               `json:"merchantRegion,omitempty"`
	PaymentMethodDetail     *PaymentMethodDetail `json:"paymentMethodDetail"`
	Env                     *Env                 `json:"env"`
	VaultingCurrency        string               `json:"vaultingCurrency,omitempty"`
	Metadata                string               `json:"metadata,omitempty"` // a JSON string
}

// VaultingResponse is the card of [Client.VaultPaymentMethod] and
// [Client.InquireVaulting], or the address at which the buyer confirms it. Status and
// code of the vaulting stand in the answer to an inquiry only.
type VaultingResponse struct {
	Envelope
	VaultingRequestID     string               `json:"vaultingRequestId,omitempty"`
	VaultingStatus        VaultingStatus       `json:"vaultingStatus,omitempty"`
	VaultingResultCode    ResultCode           `json:"vaultingResultCode,omitempty"`
	VaultingResultMessage string               `json:"vaultingResultMessage,omitempty"`
	PaymentMethodDetail   *PaymentMethodDetail `json:"paymentMethodDetail,omitempty"`
	NormalURL             string               `json:"normalUrl,omitempty"`
	SchemeURL             string               `json:"schemeUrl,omitempty"`
	ApplinkURL            string               `json:"applinkUrl,omitempty"`
	Metadata              string               `json:"metadata,omitempty"` // that of the request
}

// PaymentMethodDetail wraps a card to be stored, or the stored one.
type PaymentMethodDetail struct {
	PaymentMethodType string     `json:"paymentMethodType"` // CARD
	Card              *VaultCard `json:"card,omitempty"`
}

// VaultCard is a card on its way into the vault, where it carries its number,
// and out of it, where it carries its token.
type VaultCard struct {
	CardNo               string    `json:"cardNo,omitempty"`
	CVV                  string    `json:"cvv,omitempty"`
	ExpiryMonth          string    `json:"expiryMonth,omitempty"` // MM
	ExpiryYear           string    `json:"expiryYear,omitempty"`  // YY
	CardholderName       *UserName `json:"cardholderName,omitempty"`
	BillingAddress       *Address  `json:"billingAddress,omitempty"`
	DateOfBirth          string    `json:"dateOfBirth,omitempty"`
	BusinessNo           string    `json:"businessNo,omitempty"`
	CardPasswordDigest   string    `json:"cardPasswordDigest,omitempty"`
	CPF                  string    `json:"cpf,omitempty"`
	PayerEmail           string    `json:"payerEmail,omitempty"`
	Is3DSAuthentication  *Bool     `json:"is3DSAuthentication,omitempty"`
	Brand                string    `json:"brand,omitempty"`
	CardToken            string    `json:"cardToken,omitempty"`
	MaskedCardNo         string    `json:"maskedCardNo,omitempty"`
	LastFour             string    `json:"lastFour,omitempty"`
	BIN                  string    `json:"bin,omitempty"`
	Fingerprint          string    `json:"fingerprint,omitempty"`
	Funding              string    `json:"funding,omitempty"`
	IssuerName           string    `json:"issuerName,omitempty"`
	IssuingCountry       string    `json:"issuingCountry,omitempty"`
	NetworkTransactionID string    `json:"networkTransactionId,omitempty"`
}

// VaultPaymentMethod stores a card. S is stored, its token stands in the card.
// U VERIFICATION_IN_PROCESS is no error: lead the buyer to one of the addresses.
// F is not stored. Any other U: the same request again, or
// [Client.InquireVaulting].
// See https://global.alipay.com/docs/ac/ams/vault_method.
func (c *Client) VaultPaymentMethod(ctx context.Context, req *VaultPaymentMethodRequest) (*VaultingResponse, error) {
	return call[VaultingResponse](ctx, c, "vaults/vaultPaymentMethod", req)
}

// InquireVaultingRequest names a vaulting.
type InquireVaultingRequest struct {
	VaultingRequestID string `json:"vaultingRequestId"`
}

// InquireVaulting reads the state of a vaulting. S, F and U speak of the
// question only: with S read VaultingStatus.
// See https://global.alipay.com/docs/ac/ams/inquire_vaulting.
func (c *Client) InquireVaulting(ctx context.Context, req *InquireVaultingRequest) (*VaultingResponse, error) {
	return call[VaultingResponse](ctx, c, "vaults/inquireVaulting", req)
}
