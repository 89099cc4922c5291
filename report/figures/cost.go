package figures

import (
	"lernspur/report/inputs"
	"lernspur/report/result"
	"lernspur/suppress"
)

// attendanceHours is how many hours of learning a day of attendance training has.
const attendanceHours = 8

// cost is section 8.
func (c *computing) cost() {
	r := &c.r.Cost
	r.Text = string(c.d.Texts.Cost)
	table(&r.Items, "cost.items",
		result.Column{Name: "amount", Unit: result.Euro, Query: fromDefinition},
		result.Column{Name: "share", Unit: result.Share, Query: fromDefinition})
	put := func(to *result.Figure, name string, unit result.Unit, query string, value, population cell, of result.Unit, notes ...result.Remark) {
		if c.d.Cost == nil {
			value = missing(result.NoCost)
		}
		c.figure(to, "cost."+name, unit, query, value, population, of, notes...)
	}
	var budget, spent result.Number
	share, attendance, attendanceHour := missing(result.NoBudget), missing(result.NoAttendance), missing(result.NoAttendance)
	if cost := c.d.Cost; cost != nil {
		budget, spent = result.Rounded(cost.Budget, 2), result.Rounded(cost.Spent(), 2)
		if budget.Units > 0 {
			share = fixed(result.Ratio(spent.Units, budget.Units, 3))
		}
		if perDay := cost.AttendancePerDay; perDay != nil {
			attendanceHour = fixed(result.Rounded(*perDay/attendanceHours, 2))
			attendance = valued(c.shared.time, result.Rounded(hours(c.shared.spent).Float()*(*perDay)/attendanceHours, 2))
		}
		c.items()
	} else {
		r.Items.Missing = result.NoCost
	}
	active, completions := number(c.shared.active), number(c.shared.completions)
	perActive, perCompletion := per(spent, c.shared.active, 2, result.NoLearners), per(spent, c.shared.completions, 2, result.NoCompletions)
	perHour, note := c.perHour(spent), result.Remark{Code: result.FromPublished}
	if why := c.nothing(); why != "" {
		perActive, perCompletion, perHour = missing(why), missing(why), missing(why)
		if c.d.Cost != nil && c.d.Cost.AttendancePerDay != nil {
			attendance = missing(why)
		}
	}
	days := result.Remark{Code: result.AttendanceDay, Count: attendanceHours}
	put(&r.Budget, "budget", result.Euro, fromDefinition, fixed(budget), nil, "")
	put(&r.Spent, "spent", result.Euro, fromDefinition, fixed(spent), nil, "")
	put(&r.BudgetSpent, "budget_spent", result.Share, fromDefinition, share, nil, "")
	put(&r.PerActive, "per_active", result.Euro, queryActivity, perActive, active, result.People, note)
	put(&r.PerCompletion, "per_completion", result.Euro, queryReached, perCompletion, completions, result.Participations, note)
	put(&r.PerHour, "per_hour", result.Euro, queryReached, perHour, nil, "", note)
	put(&r.Attendance, "attendance", result.Euro, queryReached, attendance, nil, "", note, days)
	put(&r.AttendancePerHour, "attendance_per_hour", result.Euro, fromDefinition, attendanceHour, nil, "", days)
}

// perHour is what an hour of learning has cost, by the hours that are shown.
func (c *computing) perHour(spent result.Number) cell {
	time := hours(c.shared.spent)
	return func(s view) result.Cell {
		switch {
		case !s.Shown(c.shared.time):
			return hidden(result.Together)
		case time.Units == 0:
			return result.Cell{State: result.Missing, Reason: result.NoTime}
		}
		return shown(result.Rounded(spent.Float()/time.Float(), 2))
	}
}

// items is the table of what was spent for what.
func (c *computing) items() {
	t := &c.r.Cost.Items
	amounts := make([]suppress.Count, len(c.d.Cost.Items))
	var total int64
	for i, item := range c.d.Cost.Items {
		n := result.Rounded(item.Amount, 2).Units
		amounts[i] = suppress.Shown(n)
		total += n
	}
	shares := suppress.Shares(amounts, suppress.Shown(total), 1)
	for i, item := range c.d.Cost.Items {
		share := missing(result.NoCost)
		if v, ok := shares[i].Value(); ok {
			share = fixed(result.Number{Units: v, Places: 3})
		}
		c.row(t, result.Row{Key: "item-" + result.Whole(int64(i+1)).String(), Label: item.Name}, fixed(result.Rounded(item.Amount, 2)), share)
	}
	if len(c.d.Cost.Items) == 0 {
		t.Missing = result.NoCost
	}
}

// vouchers is section 7.
func (c *computing) vouchers() {
	r := &c.r.Vouchers
	table(&r.Members, "vouchers.members",
		result.Column{Name: "quota", Unit: result.Counts, Query: fromDefinition},
		result.Column{Name: "issued", Unit: result.Counts, Population: "quota", Query: queryVouchers},
		result.Column{Name: "redeemed", Unit: result.Counts, Population: "issued", Query: queryVouchers},
		result.Column{Name: "redeemed_share", Unit: result.Share, Population: "issued", Query: queryVouchers})
	why := missing(result.NoVouchers)
	if len(c.d.Vouchers) == 0 {
		r.Members.Missing = result.NoVouchers
		c.figure(&r.Quota, "vouchers.quota", result.Counts, fromDefinition, why, nil, "")
		c.figure(&r.Issued, "vouchers.issued", result.Counts, queryVouchers, why, nil, "")
		c.figure(&r.Redeemed, "vouchers.redeemed", result.Counts, queryVouchers, why, nil, "")
		return
	}
	of := make(map[string]inputs.Voucher)
	for _, v := range c.in.Vouchers {
		of[v.Member] = v
	}
	var quota, issued, redeemed int64
	var issuedCells, redeemedCells []suppress.Cell
	for _, v := range c.d.Vouchers {
		quota += v.Quota
		cells := []cell{fixed(result.Whole(v.Quota)), why, why, why}
		if c.in.HasVouchers {
			one := of[v.Member]
			issued, redeemed = issued+one.Issued, redeemed+one.Redeemed
			i, d := c.planVouchers("vouchers/"+v.Member, v.Quota, one.Issued, one.Redeemed)
			issuedCells, redeemedCells = append(issuedCells, i), append(redeemedCells, d)
			cells = []cell{cells[0], number(i), number(d), rate(d, i, 3, result.NoVouchers)}
		}
		c.row(&r.Members, result.Row{Key: v.Member, Label: v.Member}, cells...)
	}
	all := []cell{fixed(result.Whole(quota)), why, why}
	if c.in.HasVouchers {
		i, d := c.planVouchers("vouchers", quota, issued, redeemed)
		c.plan.Sum(i, issuedCells...)
		c.plan.Sum(d, redeemedCells...)
		all[1], all[2] = number(i), number(d)
	}
	c.figure(&r.Quota, "vouchers.quota", result.Counts, fromDefinition, all[0], nil, "")
	c.figure(&r.Issued, "vouchers.issued", result.Counts, queryVouchers, all[1], all[0], result.Counts)
	c.figure(&r.Redeemed, "vouchers.redeemed", result.Counts, queryVouchers, all[2], all[1], result.Counts)
}

// planVouchers adds the vouchers of a member to the plan: each is of one person.
func (c *computing) planVouchers(key string, quota, issued, redeemed int64) (i, d suppress.Cell) {
	q := c.plan.Public(key+" quota", quota)
	i = c.plan.Count(key+" issued", issued)
	if issued <= quota {
		c.plan.Sum(q, i, c.plan.Hidden(key+" left", quota-issued))
	}
	d = c.plan.Count(key+" redeemed", redeemed, suppress.Of(i))
	return i, d
}
