# tap-count.awk -v status=N
#    Count the TAP of one program: prints "passed failed skipped". A program that exits badly, leaves
#    before its plan, or says nothing and fails has one failure more than it tells of.
/^ok /               { seen++; if (tolower($0) ~ /# *skip/) skipped++; else passed++ }
/^not ok /           { seen++; if ($0 ~ /# *TO[D]O/) passed++; else failed++ }
/^1\.\.[0-9]+/       { planned = substr($1, 4) + 0; has_plan = 1; if (planned == 0) skipped++ }
/^Bail out!/         { bailed = 1 }
END {
	if (seen == 0 && !has_plan && status == 0)
		passed = 1
	else if ((status != 0 || bailed || (seen > 0 && !has_plan) || (has_plan && planned != seen)) && !failed)
		failed = 1
	printf "%d %d %d\n", passed, failed, skipped
}
