/*
 * stop.c
 *    What happens at a stop point.
 *
 *     wait        take and release the advisory lock (1667326824, hashtext(name)): a test that holds it has the backend
 *                 stand there, and the isolation tester sees it blocked
 *     error       an error
 *     cancel      a query cancel arrives, and is served
 *     terminate   the same with a termination
 *     crash       the process kills itself, as SIGKILL would
 *
 * "name@2:error" acts when the point is reached for the second time since the setting was made, and then only.
 *
 * At a point of the rooms below the faces nothing is thrown: cache_stop_status.
 *
 * 1667326824 is 0x63616368, "cach".
 */
#include "postgres.h"

#include <signal.h>

#include "common/hashfn.h"
#include "miscadmin.h"
#include "utils/builtins.h"

#include "base/slice.h"
#include "faces/server/stop.h"
#include "memory/sync.h"

#define POINTS_MAX 16
#define NTH_MAX 1000
#define NAME_MAX_LEN 63
#define ADVISORY_CLASS 0x63616368

typedef enum Action
{
	ACTION_WAIT,
	ACTION_ERROR,
	ACTION_CANCEL,
	ACTION_TERMINATE,
	ACTION_CRASH,
	ACTIONS
} Action;

static const char *const action_names[ACTIONS] = {
	[ACTION_WAIT] = "wait",           [ACTION_ERROR] = "error", [ACTION_CANCEL] = "cancel",
	[ACTION_TERMINATE] = "terminate", [ACTION_CRASH] = "crash",
};

typedef struct Point
{
	char name[NAME_MAX_LEN + 1];
	Action action;
	int nth;     /* 0: every time */
	int reached; /* how often, counted only with nth */
} Point;

bool cache_stop_armed;

static Point points[POINTS_MAX];
static int n_points;

/* Cut a part off the front, up to the byte, and trim it of spaces. */
static CacheSlice
next_part(CacheSlice *rest, char byte)
{
	Size at = cache_slice_find(*rest, byte);
	CacheSlice part = cache_slice_head(*rest, at);

	*rest = cache_slice_tail(*rest, Min(at + 1, rest->len));
	while (part.len > 0 && part.data[0] == ' ')
		part = cache_slice_tail(part, 1);
	while (part.len > 0 && part.data[part.len - 1] == ' ')
		part.len--;
	return part;
}

/* The number behind the @ of a name, 0 if there is none, -1 if it is no number. Cuts it off the name. */
static int
next_nth(CacheSlice *name)
{
	CacheSlice nth = *name;
	int number = 0;

	*name = next_part(&nth, '@');
	for (Size i = 0; i < nth.len; i++)
	{
		if (nth.data[i] < '0' || nth.data[i] > '9' || number > NTH_MAX)
			return -1;
		number = number * 10 + (nth.data[i] - '0');
	}
	return number;
}

/* Read the setting into list[POINTS_MAX]; how many there are, -1 if it is malformed. */
static int
parse(const char *value, Point *list)
{
	CacheSlice rest = cache_slice_cstr(value);
	int n = 0;

	while (rest.len > 0)
	{
		CacheSlice action = next_part(&rest, ',');
		CacheSlice name = next_part(&action, ':');
		int nth = next_nth(&name);
		int found = 0;

		if (n == POINTS_MAX || nth < 0 || name.len == 0 || name.len > NAME_MAX_LEN)
			return -1;
		while (found < ACTIONS && !cache_slice_equal(action, cache_slice_cstr(action_names[found])))
			found++;
		if (found == ACTIONS)
			return -1;
		memcpy(list[n].name, name.data, name.len);
		list[n].name[name.len] = '\0';
		list[n].nth = nth;
		list[n].reached = 0;
		list[n++].action = (Action) found;
	}
	return n;
}

bool
cache_stop_check(char **value, void **extra, GucSource source)
{
	Point list[POINTS_MAX];

	if (*value == NULL || parse(*value, list) >= 0)
		return true;
	GUC_check_errdetail("At most %d of \"name:action\" or \"name@n:action\", separated by commas; "
						"actions are wait, error, cancel, terminate and crash.",
						POINTS_MAX);
	return false;
}

void
cache_stop_assign(const char *value, void *extra)
{
	n_points = value == NULL ? 0 : Max(parse(value, points), 0);
	cache_stop_armed = n_points > 0;
}

/* Whether a point is the one that was reached, and it is the time to act. */
static bool
is_due(Point *point, const char *name)
{
	return strcmp(point->name, name) == 0 && (point->nth == 0 || ++point->reached == point->nth);
}

static void
wait_at(const char *name)
{
	Datum class = Int32GetDatum(ADVISORY_CLASS);
	Datum object = hash_any((const unsigned char *) name, (int) strlen(name));

	DirectFunctionCall2(pg_advisory_lock_int4, class, object);
	DirectFunctionCall2(pg_advisory_unlock_int4, class, object);
}

static void
act(const Point *point)
{
	switch (point->action)
	{
		case ACTION_WAIT:
			wait_at(point->name);
			break;
		case ACTION_ERROR:
			ereport(ERROR, errcode(ERRCODE_RAISE_EXCEPTION),
					errmsg("stop point \"%s\" was reached", point->name));
			break;
		case ACTION_CANCEL:
			kill(MyProcPid, SIGINT);
			CHECK_FOR_INTERRUPTS();
			break;
		case ACTION_TERMINATE:
			kill(MyProcPid, SIGTERM);
			CHECK_FOR_INTERRUPTS();
			break;
		case ACTION_CRASH:
			kill(MyProcPid, SIGKILL);
			break;
		case ACTIONS:
			break;
	}
}

void
cache_stop_reached(const char *name)
{
	for (int i = 0; i < n_points; i++)
	{
		if (!is_due(&points[i], name))
			continue;
		/* every LWLock that is held holds interrupts off */
		if (InterruptHoldoffCount > 0 || CritSectionCount > 0)
			elog(ERROR, "stop point \"%s\" stands where a lock may be held", name);
		act(&points[i]);
	}
}

/* What a point means where failure is a value. Interrupts stay pending until the command has returned. */
static CacheStatus
act_quietly(const Point *point)
{
	switch (point->action)
	{
		case ACTION_WAIT:
			HOLD_INTERRUPTS();
			wait_at(point->name);
			RESUME_INTERRUPTS();
			break;
		case ACTION_ERROR:
			return CACHE_FULL;
		case ACTION_CANCEL:
			kill(MyProcPid, SIGINT);
			break;
		case ACTION_TERMINATE:
			kill(MyProcPid, SIGTERM);
			break;
		case ACTION_CRASH:
			kill(MyProcPid, SIGKILL);
			break;
		case ACTIONS:
			break;
	}
	return cache_interrupted() ? CACHE_INTERRUPTED : CACHE_OK;
}

CacheStatus
cache_stop_status(const char *name)
{
	CacheStatus status = CACHE_OK;

	for (int i = 0; i < n_points && status == CACHE_OK; i++)
		if (is_due(&points[i], name))
		{
			/* a point that could be reached with a lock held would be no test of anything */
			Assert(InterruptHoldoffCount == 0 && CritSectionCount == 0);
			status = act_quietly(&points[i]);
		}
	return status;
}
