package crosscut.simulator.execution;

import crosscut.simulator.check.SimulatorFault;
import crosscut.simulator.check.FindingKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Runs the lanes of a warp to their next barrier of the block. Lanes that go the same way form a group; a branch that they disagree on splits it. In lock step
 * the group with the lowest program counter runs, and groups that meet are joined again; in the other orders every lane is a group of its own.
 */
final class WarpSchedule {

    /** Branches after which a warp is taken to be in an endless loop: far more than any kernel that a test can wait for needs. */
    private static final int STEP_LIMIT = 2_000_000;

    /** Lanes that go the same way. */
    private static final class Group {

        private int counter;
        private int mask;
        private boolean atWarpBarrier;
        private boolean atBlockBarrier;

        Group(int counter, int mask) {
            this.counter = counter;
            this.mask = mask;
        }

        boolean isRunnable() {
            return !atWarpBarrier && !atBlockBarrier;
        }
    }

    private final Warp warp;
    private final Step[] steps;
    private final LaneOrder order;
    private final int initial;
    private final List<Group> groups = new ArrayList<>();
    private Random random;
    private int live;
    private long executed;
    private int budget;

    /**
     * A warp.
     *
     * @param lanes the lanes that exist
     */
    WarpSchedule(Warp warp, Step[] steps, LaneOrder order, int lanes) {
        this.warp = warp;
        this.steps = steps;
        this.order = order;
        this.initial = lanes;
    }

    /** The start of another block. */
    void start(Random orders) {
        warp.start();
        random = orders;
        live = initial;
        executed = 0;
        budget = STEP_LIMIT;
        groups.clear();
        addGroups(0, initial);
    }

    private void addGroups(int counter, int mask) {
        if (order == LaneOrder.LOCK_STEP) {
            groups.add(new Group(counter, mask));
        } else {
            for (int rest = mask; rest != 0; rest &= rest - 1) {
                groups.add(new Group(counter, Integer.lowestOneBit(rest)));
            }
        }
    }

    Warp warp() {
        return warp;
    }

    /** Lanes that have not ended. */
    int live() {
        return live;
    }

    /** Instructions executed, counted per thread. */
    long executed() {
        return executed;
    }

    /** Runs until every lane has ended or waits at a barrier of the block. */
    void run() {
        while (true) {
            Group group = next();
            if (group != null) {
                execute(group);
            } else if (!passWarpBarrier()) {
                return;
            }
        }
    }

    /** The group to run, in lock step joined with those at the same place; null when none can run. */
    private Group next() {
        Group chosen = null;
        int candidates = 0;
        for (Group group : groups) {
            if (group.isRunnable()) {
                candidates++;
                chosen = chosen == null || isBefore(group, chosen, candidates) ? group : chosen;
            }
        }
        if (order == LaneOrder.LOCK_STEP && candidates > 1) {
            join(chosen);
        }
        return chosen;
    }

    private boolean isBefore(Group group, Group chosen, int candidates) {
        return switch (order) {
            case LOCK_STEP -> group.counter < chosen.counter;
            case LANE_FORWARD -> Integer.numberOfTrailingZeros(group.mask) < Integer.numberOfTrailingZeros(chosen.mask);
            case LANE_REVERSE -> Integer.numberOfTrailingZeros(group.mask) > Integer.numberOfTrailingZeros(chosen.mask);
            case LANE_RANDOM -> random.nextInt(candidates) == 0;
        };
    }

    private void join(Group into) {
        groups.removeIf(group -> {
            boolean joins = group != into && group.isRunnable() && group.counter == into.counter;
            into.mask |= joins ? group.mask : 0;
            return joins;
        });
    }

    /** In lock step a group runs until it reaches the place of another one that can run. */
    private int limit(Group running) {
        int limit = Integer.MAX_VALUE;
        if (order == LaneOrder.LOCK_STEP && groups.size() > 1) {
            for (Group group : groups) {
                if (group != running && group.isRunnable()) {
                    limit = Math.min(limit, group.counter);
                }
            }
        }
        return limit;
    }

    private void execute(Group group) {
        int limit = limit(group);
        int counter = group.counter;
        int mask = group.mask;
        int[] predicates = warp.predicates;
        while (counter < limit) {
            Step step = steps[counter];
            int active = step.active(predicates, mask);
            executed += Integer.bitCount(active);
            switch (step.kind()) {
                case STRAIGHT -> {
                    if (active != 0) {
                        step.run(warp, active);
                    }
                    counter++;
                }
                case BRANCH -> {
                    int target = ((BranchStep) step).target();
                    if (active == mask) {
                        counter = target;
                    } else if (active == 0) {
                        counter++;
                    } else {
                        mask = split(group, counter + 1, target, mask & ~active, active);
                        counter = group.counter;
                        limit = limit(group);
                    }
                    spend(step, mask);
                }
                case EXIT -> {
                    live &= ~active;
                    mask &= ~active;
                    counter++;
                    if (mask == 0) {
                        groups.remove(group);
                        return;
                    }
                }
                case BLOCK_BARRIER, WARP_BARRIER -> {
                    if (waits(group, step, counter, mask, active)) {
                        return;
                    }
                    counter++;
                }
            }
        }
        group.counter = counter;
        group.mask = mask;
    }

    /** The part that runs on first stays in the group, the other one becomes a group; returns the mask of the first. */
    private int split(Group group, int next, int target, int staying, int taking) {
        boolean stayFirst = order != LaneOrder.LOCK_STEP || next <= target;
        group.counter = stayFirst ? next : target;
        group.mask = stayFirst ? staying : taking;
        groups.add(new Group(stayFirst ? target : next, stayFirst ? taking : staying));
        return group.mask;
    }

    /** Endless loops pass branches endlessly. */
    private void spend(Step step, int mask) {
        if (--budget < 0) {
            throw warp.fault(SimulatorFault.Kind.ENDLESS_LOOP, step, Integer.numberOfTrailingZeros(mask),
                    "more than " + STEP_LIMIT + " branches, which looks like an endless loop,");
        }
    }

    /** Lets the active lanes of a group wait; false when they need not. */
    private boolean waits(Group group, Step step, int counter, int mask, int active) {
        if (active == 0) {
            return false;
        }
        boolean ofWarp = step.kind() == Step.Kind.WARP_BARRIER;
        if (ofWarp && active == mask && order == LaneOrder.LOCK_STEP && (((ExchangeStep) step).members(warp, active) & initial) == active) {
            step.run(warp, active);
            return false;
        }
        if (active != mask) {
            groups.add(new Group(counter + 1, mask & ~active));
        }
        group.counter = counter;
        group.mask = active;
        group.atWarpBarrier = ofWarp;
        group.atBlockBarrier = !ofWarp;
        return true;
    }

    /** Lets one set of lanes that wait for each other go on; false when none waits at a barrier of the warp. */
    private boolean passWarpBarrier() {
        Group first = null;
        for (Group group : groups) {
            if (group.atWarpBarrier) {
                int arrived = arrived(group.counter);
                int members = ((ExchangeStep) steps[group.counter]).members(warp, group.mask) & initial;
                if ((members & ~arrived) == 0 && (group.mask & ~members) == 0) {
                    pass(group.counter, members);
                    return true;
                }
                first = first == null ? group : first;
            }
        }
        if (first == null) {
            return false;
        }
        // Nobody else can come any more: the lanes that are missing have ended or wait elsewhere.
        ExchangeStep step = (ExchangeStep) steps[first.counter];
        int arrived = arrived(first.counter);
        int missing = step.members(warp, first.mask) & initial & ~arrived;
        int stranger = arrived & ~step.members(warp, first.mask);
        warp.report(FindingKind.SHUFFLE, step.instruction(), Integer.numberOfTrailingZeros(first.mask),
                missing != 0 ? String.format("the member mask names lanes 0x%08x, which do not come", missing)
                        : String.format("lanes 0x%08x come, but the member mask does not name them", stranger));
        pass(first.counter, arrived);
        return true;
    }

    private int arrived(int counter) {
        int arrived = 0;
        for (Group group : groups) {
            arrived |= group.atWarpBarrier && group.counter == counter ? group.mask : 0;
        }
        return arrived;
    }

    private void pass(int counter, int lanes) {
        steps[counter].run(warp, lanes);
        for (Group group : List.copyOf(groups)) {
            if (group.atWarpBarrier && group.counter == counter && (group.mask & lanes) != 0) {
                group.counter++;
                group.atWarpBarrier = false;
            }
        }
    }

    /** Threads that wait at a barrier of the block with this number. */
    int waitingAt(int barrier) {
        int lanes = 0;
        for (Group group : groups) {
            lanes |= group.atBlockBarrier && barrier(group) == barrier ? group.mask : 0;
        }
        return Integer.bitCount(lanes);
    }

    private int barrier(Group group) {
        return ((BarrierStep) steps[group.counter]).barrier(warp, group.mask);
    }

    /** The number and the wanted threads of the first barrier that lanes wait at, or null. */
    int[] firstBarrier() {
        for (Group group : groups) {
            if (group.atBlockBarrier) {
                return new int[] {barrier(group), ((BarrierStep) steps[group.counter]).threads(warp, group.mask)};
            }
        }
        return null;
    }

    /** The step of the barrier with this number that lanes wait at, or null. */
    Step barrierStep(int barrier) {
        return groups.stream().filter(group -> group.atBlockBarrier && barrier(group) == barrier).map(group -> steps[group.counter]).findFirst().orElse(null);
    }

    /** True when lanes that wait at a barrier came to it on different ways. */
    boolean isDivergedAt(int barrier) {
        List<Group> waiting = groups.stream().filter(group -> group.atBlockBarrier && barrier(group) == barrier).toList();
        boolean elsewhere = waiting.stream().anyMatch(group -> group.counter != waiting.getFirst().counter);
        return elsewhere || order == LaneOrder.LOCK_STEP && waiting.size() > 1;
    }

    /** Lets the lanes at a barrier go on. */
    void release(int barrier) {
        for (Group group : groups) {
            if (group.atBlockBarrier && barrier(group) == barrier) {
                group.counter++;
                group.atBlockBarrier = false;
            }
        }
        if (order == LaneOrder.LOCK_STEP && groups.size() > 1) {
            next();
        }
    }
}
