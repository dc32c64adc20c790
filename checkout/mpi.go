package checkout

import (
	"encoding/base64"
	"regexp"
)

// FieldMPI is the member of a start that holds an [MPI]; its own members stand below it,
// as in "mpi.cavv".
const FieldMPI = "mpi"

// Names of the members of an MPI.
const (
	FieldMPIVersion     = FieldMPI + ".version"
	FieldMPIECI         = FieldMPI + ".eci"
	FieldMPICAVV        = FieldMPI + ".cavv"
	FieldMPITransaction = FieldMPI + ".ds_transaction_id"
)

// MPI is the result of a 3-D Secure authentication that the merchant has had made
// elsewhere, by a merchant plug-in of its own (mpiData of pay). It belongs to an
// EnteredCard and lives as long: the CAVV proves the cardholder's consent, and is
// stored nowhere.
type MPI struct {
	unwritten
	Version       string // 2.2.0
	ECI           string
	CAVV          []byte // in base64
	TransactionID string // of the directory server
}

var (
	mpiVersion     = regexp.MustCompile(`^[12]\.[0-9]{1,2}\.[0-9]{1,2}$`)
	mpiECI         = regexp.MustCompile(`^0[0-7]$`)
	mpiTransaction = regexp.MustCompile(`^[A-Za-z0-9-]{1,64}$`)
)

// cavvBytes is how many bytes a CAVV has, of every brand.
const cavvBytes = 20

// check notes what is wrong with each member, as message keys by name.
func (m *MPI) check(note func(name, problem string)) {
	text := func(name string, value []byte, valid bool) { note(name, problemOf(value, valid, "error.invalid")) }
	cavv, err := base64.StdEncoding.DecodeString(string(m.CAVV))
	text(FieldMPIVersion, []byte(m.Version), mpiVersion.MatchString(m.Version))
	text(FieldMPIECI, []byte(m.ECI), mpiECI.MatchString(m.ECI))
	text(FieldMPICAVV, m.CAVV, err == nil && len(cavv) == cavvBytes)
	text(FieldMPITransaction, []byte(m.TransactionID), mpiTransaction.MatchString(m.TransactionID))
	clear(cavv)
}

// WithMPI is the card with the proof that its holder was authenticated elsewhere.
func (c EnteredCard) WithMPI(m *MPI) EnteredCard {
	c.typed().mpi = m
	return c
}

// MPI is that proof, or nil.
func (c EnteredCard) MPI() *MPI {
	if c.typed == nil {
		return nil
	}
	return c.typed().mpi
}
