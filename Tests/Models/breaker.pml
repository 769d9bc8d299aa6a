/* SPDX-License-Identifier: Apache-2.0
 *
 * The permit protocol of the circuit breaker: who is admitted, which results count, when the state changes, who delivers
 * the events. Tests/Models/README.md says which source each part stands for; Tests/Models/check runs it.
 *
 * What is abstracted:
 * - Time is three bits: the open wait, the half-open round and the operator's time are over or not. A caller that read the
 *   clock before it got the lock and sees "not over yet" is a caller that came before the tick.
 * - A generation is fresh when no permit that is out carries it, as a 64-bit number that only grows is.
 * - The trip rules are one: FAILURES_THAT_OPEN in a row. Rates and windows change when a breaker opens, not who may pass.
 * - One `d_step` is one critical section; what lies between two of them is what other threads can do in between.
 *
 * The surroundings are macros: OPERATOR, REQUESTS (how many requests, 0: without end), READINESS (a probe reads the state and
 * calls come only while it is not open), CANCELS, HANGS (all clients but one may keep a permit for ever), MAX_WAIT (the round
 * ends without a verdict), DELIVERY (events, and so many transitions in all).
 */

#ifndef CLIENTS
#define CLIENTS 3
#endif
#define BUDGET 3                /* halfOpenMaxCalls */
#define CONCURRENT 2            /* halfOpenMaxConcurrent */
#define SUCCESSES_THAT_CLOSE 3  /* successThreshold */
#ifndef FAILURES_THAT_OPEN
#define FAILURES_THAT_OPEN 2    /* failureThreshold */
#endif
#define NO_PERMIT 255

#define CLOSED 0
#define OPEN 1
#define HALF_OPEN 2
#define FORCED_OPEN 3

/* The core. */
byte state = CLOSED;
byte generation;
byte failuresInARow;
byte inFlight;
byte roundInFlight;
byte roundSuccesses;
bit requestHasEnd;

/* The clock. */
bit waitIsOver;
bit roundIsOver;
bit requestIsOver;

/* The permits: the generation that each client's permit carries. */
byte token[CLIENTS] = NO_PERMIT;

/* What the environment knows. */
bit isReady = 1;

/* Kept beside the core for the properties, never read by it. */
bit isStale[CLIENTS];
byte permitsOut;
byte trialsOut;
byte trialsCounted;
bit staleCounted;
bit settledWhileRejecting;
#ifdef LIVENESS
bit admitted;
#endif

#ifdef WITNESSES
byte seen;
#define SEEN(event) seen = event
#else
#define SEEN(event) skip
#endif
#define LATE_RESULT 1
#define REOPENED_BY_FAILURE 2
#define RECOVERED 3
#define ROUND_EXPIRED 4
#define ROUND_FULL 5
#define CANCELLED_TRIAL 6
#define OPERATOR_TIME_OVER 7
#define HINT_OUT_OF_DATE 8
#define ROUND_REPLACED 9
#define TWO_TRIALS_AT_ONCE 10
#define LATE_CANCELLATION 11

#ifdef DELIVERY
/* The limit is looked at before a step: four processes may go beyond it by two transitions each. */
chan pending = [DELIVERY + 8] of { byte };
chan batch = [DELIVERY + 8] of { byte };
byte entered;
byte delivered;
bit isDelivering;
bit outOfOrder;
#define MAY_CHANGE (entered + 2 <= DELIVERY)
#else
#define MAY_CHANGE true
#endif

/* The lowest number that neither a permit nor the present generation has. */
inline freshGeneration() {
    number = generation;
    generation = 0;
    do
    :: generation == number -> generation++
    :: else ->
        isHeld = 0;
        i = 0;
        do
        :: i < CLIENTS -> isHeld = isHeld || token[i] == generation; i++
        :: else -> break
        od;
        if
        :: isHeld -> generation++
        :: else -> break
        fi
    od;
    number = 0
}

inline startGeneration() {
    i = 0;
    do
    :: i < CLIENTS ->
        if
        :: token[i] != NO_PERMIT -> isStale[i] = 1
        :: else -> skip
        fi;
        i++
    :: else -> break
    od;
#ifndef SAME_GENERATION
    freshGeneration();
#endif
    failuresInARow = 0;
#ifndef ROUND_NOT_EMPTIED
    roundInFlight = 0;
    roundSuccesses = 0;
#endif
    trialsOut = 0;
    trialsCounted = 0
}

inline enter(next) {
    startGeneration();
    state = next;
    waitIsOver = 0;
    roundIsOver = 0;
    requestIsOver = 0;
    requestHasEnd = 0;
#ifdef DELIVERY
    entered++;
#ifndef LATE_ENQUEUE
    pending!entered;
#endif
#endif
}

/* The transition that the clock alone brings about. */
inline advance() {
    if
    :: state == OPEN && waitIsOver -> enter(HALF_OPEN)
    :: state == HALF_OPEN && roundIsOver -> SEEN(ROUND_EXPIRED); enter(OPEN)
    :: state == FORCED_OPEN && requestHasEnd && requestIsOver -> SEEN(OPERATOR_TIME_OVER); enter(CLOSED)
    :: else -> skip
    fi
}

inline admit() {
    token[me] = generation;
    isStale[me] = 0;
    inFlight++;
    permitsOut++;
#ifdef LIVENESS
    admitted = 1
#endif
}

inline admitTrial() {
    if
#ifdef NO_CONCURRENCY_LIMIT
    :: roundSuccesses + roundInFlight < BUDGET ->
#elif defined(NO_BUDGET)
    :: roundInFlight < CONCURRENT ->
#else
    :: roundInFlight < CONCURRENT && roundSuccesses + roundInFlight < BUDGET ->
#endif
        if
        :: roundInFlight == 1 -> SEEN(TWO_TRIALS_AT_ONCE)
        :: else -> skip
        fi;
#ifdef FIRST_PROBE_NOT_COUNTED
        if
        :: wasOpen -> skip
        :: else -> roundInFlight++
        fi;
#else
        roundInFlight++;
#endif
        trialsOut++;
        admit()
    :: else -> SEEN(ROUND_FULL)
    fi
}

inline tryAcquire() {
    wasOpen = state == OPEN;
#ifdef STALE_HINT
    if
    :: seesNoClock -> admit(); if :: state == HALF_OPEN -> trialsOut++ :: else -> skip fi
#else
    if
    :: seesNoClock && state == CLOSED -> admit()
#endif
    :: else ->
        if
        :: seesNoClock -> SEEN(HINT_OUT_OF_DATE)
        :: else -> skip
        fi;
        advance();
        if
        :: state == CLOSED -> admit()
        :: state == HALF_OPEN -> admitTrial()
        :: else -> skip
        fi
    fi
}

inline release() {
    token[me] = NO_PERMIT;
    isStale[me] = 0;
    permitsOut--
}

#ifdef NO_FENCE
#define IS_OF_THIS_GENERATION true
#else
#define IS_OF_THIS_GENERATION (token[me] == generation)
#endif

inline settle(isFailure) {
    inFlight--;
    advance();
    if
    :: IS_OF_THIS_GENERATION ->
        staleCounted = staleCounted || isStale[me];
        if
        :: state == CLOSED ->
            failuresInARow = (isFailure -> failuresInARow + 1 : 0);
            if
            :: failuresInARow >= FAILURES_THAT_OPEN -> enter(OPEN)
            :: else -> skip
            fi
        :: state == HALF_OPEN ->
            roundInFlight--;
            trialsOut = trialsOut - (1 - isStale[me]);
            trialsCounted++;
            if
            :: isFailure -> SEEN(REOPENED_BY_FAILURE); enter(OPEN)
            :: else ->
                roundSuccesses++;
                if
                :: roundSuccesses >= SUCCESSES_THAT_CLOSE -> SEEN(RECOVERED); enter(CLOSED)
                :: else -> skip
                fi
            fi
        :: else -> settledWhileRejecting = 1
        fi
    :: else -> SEEN(LATE_RESULT)
    fi;
    release()
}

/* Cancelled, ignored, or dropped: it does not look at the clock. */
inline giveBack() {
#ifndef SLOT_LOST_ON_CANCEL
    inFlight--;
#endif
    if
    :: IS_OF_THIS_GENERATION ->
        staleCounted = staleCounted || isStale[me];
        if
        :: state == HALF_OPEN ->
            SEEN(CANCELLED_TRIAL);
#ifndef LEAK_ON_CANCEL
            roundInFlight--;
#endif
            trialsOut = trialsOut - (1 - isStale[me])
        :: else -> skip
        fi
    :: else -> SEEN(LATE_CANCELLATION)
    fi;
    release()
}

/* Events are enqueued by `enter`, under the lock of the breaker, and delivered outside. */
#ifdef DELIVERY
inline drain() {
#ifdef LATE_ENQUEUE
    d_step { number = entered; if :: number != before -> pending!number :: else -> skip fi };
#endif
    do
    :: d_step {
#ifdef TWO_DELIVER
            number = len(pending) != 0;
#else
            number = !isDelivering && len(pending) != 0;
#endif
            if
            :: number ->
                isDelivering = 1;
                do
                :: len(pending) != 0 -> pending?number; batch!number
                :: else -> break
                od;
                number = 1
            :: else -> skip
            fi
        };
        if
        :: number ->
            do
            :: d_step { len(batch) != 0 -> batch?number };
                d_step { outOfOrder = outOfOrder || number != delivered + 1; delivered = number }
            :: atomic { len(batch) == 0 -> break }
            od;
            isDelivering = 0
        :: else -> break
        fi;
#ifdef NO_SECOND_LOOK
        break
#endif
    od
}
#define DRAIN drain();
#else
#define DRAIN
#endif

#ifdef LATE_ENQUEUE
#define NOTE before = entered;
#else
#define NOTE
#endif

proctype Client(byte me) {
    byte i;
    bit isHeld;
    bit wasOpen;
    bit seesNoClock;
    byte number;
    byte before;

end:
    do
#ifdef READINESS
    :: isReady && MAY_CHANGE ->
#else
    :: MAY_CHANGE ->
#endif
        /* The hint is read without the lock. */
        seesNoClock = state == CLOSED;
        d_step { NOTE tryAcquire(); seesNoClock = 0; wasOpen = 0; i = 0; isHeld = 0 };
        DRAIN
        if
        :: token[me] != NO_PERMIT ->
#ifdef LIVENESS
            admitted = 0;
#endif
            if
            :: d_step { NOTE settle(0); i = 0; isHeld = 0 }
            :: d_step { NOTE settle(1); i = 0; isHeld = 0 }
#ifdef CANCELS
            :: d_step { giveBack() }
#endif
#ifdef HANGS
            :: me != 0 -> break
#endif
            fi;
            DRAIN
        :: else -> skip
        fi
    od
}

/* Time passes. */
active proctype Clock() {
end:
    do
    :: d_step { state == OPEN && !waitIsOver -> waitIsOver = 1 }
#ifdef MAX_WAIT
    :: d_step { state == HALF_OPEN && !roundIsOver -> roundIsOver = 1 }
#endif
#ifdef OPERATOR
    :: d_step { state == FORCED_OPEN && requestHasEnd && !requestIsOver -> requestIsOver = 1 }
#endif
    od
}

/* A readiness endpoint, or whoever else reads the state: reading it moves the breaker on. */
#ifdef READINESS
active proctype Probe() {
    byte i;
    bit isHeld;
    byte number;
    byte before;

end:
    do
    :: MAY_CHANGE ->
        d_step {
            NOTE
#ifndef NO_TIMED_HALF_OPEN
            advance();
#endif
            isReady = state != OPEN && state != FORCED_OPEN;
            i = 0;
            isHeld = 0
        };
        DRAIN
    od
}
#endif

#ifdef OPERATOR
active proctype Operator() {
    byte i;
    bit isHeld;
    byte number;
    byte before;
#if REQUESTS
    byte requests;
#endif

end:
    do
    :: MAY_CHANGE ->
#if REQUESTS
        if
        :: requests == REQUESTS -> break
        :: else -> requests++
        fi;
#endif
        if
        /* forceOpen(for:), which also renews; without REQUESTS also for ever. */
        :: d_step {
                NOTE
                advance();
                if
                :: state != FORCED_OPEN -> enter(FORCED_OPEN)
                :: else -> skip
                fi;
                requestHasEnd = 1;
                requestIsOver = 0;
                i = 0;
                isHeld = 0
            }
#if !REQUESTS
        :: d_step {
                NOTE
                advance();
                if
                :: state != FORCED_OPEN -> enter(FORCED_OPEN)
                :: else -> skip
                fi;
                requestHasEnd = 0;
                requestIsOver = 0;
                i = 0;
                isHeld = 0
            }
#endif
        /* reset() */
        :: d_step {
                NOTE
                advance();
                if
                :: state == CLOSED -> startGeneration()
                :: else -> enter(CLOSED)
                fi;
                i = 0;
                isHeld = 0
            }
        /* trip(reason:) */
        :: d_step {
                NOTE
                advance();
                if
                :: state == CLOSED || state == HALF_OPEN -> enter(OPEN)
                :: else -> skip
                fi;
                i = 0;
                isHeld = 0
            }
        /* replaceConfiguration(_:) */
        :: d_step {
                NOTE
                advance();
                if
                :: state == HALF_OPEN -> SEEN(ROUND_REPLACED); startGeneration()
                :: else -> skip
                fi;
                i = 0;
                isHeld = 0
            }
        fi;
        DRAIN
    od
}
#endif

init {
    atomic {
        run Client(0);
        run Client(1);
#if CLIENTS > 2
        run Client(2);
#endif
    }
}

/* 1: a half-open round. */
ltl budget { [] (trialsOut + trialsCounted <= BUDGET) }
ltl concurrency { [] (trialsOut <= CONCURRENT) }
/* 2: results of an older generation. */
ltl fence { [] !staleCounted }
ltl no_settlement_while_open { [] !settledWhileRejecting }
/* 3: never stuck. */
ltl open_ends { [] (state == OPEN -> <> (state == HALF_OPEN)) }
ltl half_open_ends { [] (state == HALF_OPEN -> <> (state == CLOSED || state == OPEN)) }
#ifdef LIVENESS
ltl calls_pass { [] <> admitted }
#endif
/* 4: slots. */
ltl slots { [] (permitsOut == 0 -> inFlight == 0 && roundInFlight == 0) }
ltl slots_match { [] (inFlight == permitsOut && roundInFlight == trialsOut) }
/* 5: events. */
#ifdef DELIVERY
ltl order { [] !outOfOrder }
ltl every_event { [] <> (delivered == entered) }
#endif

#ifdef WITNESSES
ltl late_result { [] (seen != LATE_RESULT) }
ltl reopened_by_failure { [] (seen != REOPENED_BY_FAILURE) }
ltl recovered { [] (seen != RECOVERED) }
ltl round_expired { [] (seen != ROUND_EXPIRED) }
ltl round_full { [] (seen != ROUND_FULL) }
ltl cancelled_trial { [] (seen != CANCELLED_TRIAL) }
ltl operator_time_over { [] (seen != OPERATOR_TIME_OVER) }
ltl hint_out_of_date { [] (seen != HINT_OUT_OF_DATE) }
ltl round_replaced { [] (seen != ROUND_REPLACED) }
ltl two_trials_at_once { [] (seen != TWO_TRIALS_AT_ONCE) }
ltl late_cancellation { [] (seen != LATE_CANCELLATION) }
#endif
