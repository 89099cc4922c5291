package verify

import (
	"fmt"

	"lernspur/statements"
)

// blobs holds the bytes of attachments against their hashes.
func (c *check) blobs(tenant string) (err error) {
	c.tenant.Blobs, err = c.opts.Blobs.Check(c.ctx, tenant, func(text string) {
		c.report.Differences++
		c.tenant.Differences++
		if len(c.report.First) < c.opts.MaxDifferences {
			c.report.First = append(c.report.First, Difference{Kind: BlobDamaged, Tenant: tenant, Text: text})
		}
	})
	return err
}

// attachments looks whether the bytes of a statement's attachments are there.
// Those with a fileUrl need not be.
func (c *check) attachments(said *statements.Statement) error {
	if c.opts.Blobs == nil {
		return nil
	}
	for _, at := range said.Attachments {
		if at.FileURL != "" {
			continue
		}
		has, err := c.opts.Blobs.Has(c.ctx, c.tenant.Tenant, at.SHA2)
		if err != nil {
			return err
		}
		if !has {
			c.note(BlobMissing, said.Stored, said.ID, fmt.Sprintf("the bytes of %s, %s, are not there", at.Pointer, at.SHA2))
		}
	}
	return nil
}
