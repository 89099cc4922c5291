package verify

import "fmt"

// repairChunk is how many rows of the table of repairs are compared at a time.
const repairChunk = 5_000

// repairs asks for every row that is kept beside a repaired statement whether it
// belongs to one and says of it what is so.
func (c *check) repairs(tenant string) error {
	for low := int64(beginning); ; {
		list, err := c.store.CheckRepairs(c.ctx, tenant, low, c.opts.Upto, repairChunk)
		if err != nil {
			return err
		}
		for _, r := range list {
			c.tenant.Repairs++
			low = r.Stored
			switch {
			case !r.Found:
				c.note(RepairOrphan, r.Stored, r.ID, "an original is kept of a statement that is not there")
				continue
			case !r.Readable:
				c.note(RepairColumn, r.Stored, r.ID, "the original that is kept is not JSON, or the list of repairs is not whole")
			}
			for _, column := range r.Differ {
				c.note(RepairColumn, r.Stored, r.ID, fmt.Sprintf("column %s of the table of repairs does not say what the statement's does", column))
			}
		}
		if len(list) < repairChunk {
			return nil
		}
	}
}
