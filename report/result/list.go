package result

// Tables are all tables, in the order of the sections.
func (r *Report) Tables() []*Table {
	return []*Table{
		&r.Reach.Units, &r.Reach.Months, &r.Reach.Hours,
		&r.Offer.Kinds, &r.Offer.Use, &r.Offer.Matrix,
		&r.Learning.Courses, &r.Learning.Units, &r.Learning.Scores, &r.Learning.Checks, &r.Learning.Questions,
		&r.Satisfaction.Surveys, &r.Satisfaction.Ratings,
		&r.Vouchers.Members,
		&r.Cost.Items,
		&r.Quality.Reasons, &r.Quality.Statements, &r.Quality.Repairs, &r.Quality.Sources,
	}
}

// Figures are all single figures but the headlines, which repeat some of them, in the order of the sections.
func (r *Report) Figures() []*Figure {
	l := &r.Learning
	return []*Figure{
		&r.Reach.Entitled, &r.Reach.Registered, &r.Reach.Active, &r.Reach.Rate, &r.Reach.Repeat, &r.Reach.RepeatRate,
		&r.Reach.Outside, &r.Reach.OutsideTime, &r.Reach.Departments,
		&r.Offer.Courses, &r.Offer.Used,
		&l.Learners, &l.Starts, &l.Completions, &l.CompletionRate, &l.Judged, &l.Passed, &l.PassRate, &l.AverageScore, &l.Time,
		&l.DaysQ1, &l.DaysMedian, &l.DaysQ3,
		&l.InductionLearners, &l.InductionCompletions, &l.InductionDaysQ1, &l.InductionDaysMedian, &l.InductionDaysQ3, &l.CompetenceGain,
		&r.Satisfaction.Rating,
		&r.Vouchers.Quota, &r.Vouchers.Issued, &r.Vouchers.Redeemed,
		&r.Cost.Budget, &r.Cost.Spent, &r.Cost.BudgetSpent, &r.Cost.PerActive, &r.Cost.PerCompletion, &r.Cost.PerHour, &r.Cost.Attendance, &r.Cost.AttendancePerHour,
		&r.Quality.Shown, &r.Quality.Suppressed,
	}
}
