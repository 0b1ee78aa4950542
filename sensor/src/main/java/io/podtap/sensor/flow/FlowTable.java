/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.flow;

import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds flows by key, in open addressing over one array of primitive slots, and wakes them by a
 * timer wheel whose lists are links between flow indices.
 *
 * <p>A slot holds 32 bits of hash and the flow's index plus one, so that a look-up touches one
 * cache line of slots and one flow. The table grows by doubling up to its bound; when it is full, a
 * flow that has been silent for long makes room.
 */
public final class FlowTable {

  /** Heap that one flow takes with its ends, its history and its place in the table, roughly. */
  public static final int BYTES_PER_FLOW = 700;

  private static final int SLOTS_FIRST = 1 << 12;

  /** A wheel turns once in about nine minutes: longer than every time-out. */
  private static final int WHEEL_SLOTS = 1 << 12;

  private static final int TICK_SHIFT = 27;
  private static final long TICK_NS = 1L << TICK_SHIFT;
  private static final int NONE = -1;

  /** Flows looked at in search of a silent one. */
  private static final int EVICTION_TRIES = 32;

  private final int flowsMax;
  private final UidSource uids;
  private final Waker waker;

  private long[] slots = new long[SLOTS_FIRST];
  private int mask = SLOTS_FIRST - 1;
  private Flow[] flows = new Flow[SLOTS_FIRST / 2];
  private int[] free = new int[SLOTS_FIRST / 2];
  private int freeCount;
  private int created;
  private int size;
  private long evicted;

  private final int[] wheel = new int[WHEEL_SLOTS];
  private int[] next = new int[SLOTS_FIRST / 2];
  private int[] previous = new int[SLOTS_FIRST / 2];
  private long tick;

  /** The earliest deadline in the wheel's current slot. */
  private long currentSlotNs = Long.MAX_VALUE;

  private boolean started;

  /** What a flow's timer asks. */
  public interface Waker {

    /**
     * Looks at a flow whose timer has fired, or that is to make room.
     *
     * @return the next deadline, above {@code nowNs}, or 0 when the flow is over
     */
    long onTimer(Flow flow, long nowNs);

    /** Takes leave of a flow, which is then used again for another one. */
    void onRemove(Flow flow);
  }

  /**
   * @param flowsMax flows at a time, at least 1
   * @param waker told when a timer fires and when a flow goes
   */
  public FlowTable(int flowsMax, UidSource uids, Waker waker) {
    if (flowsMax < 1 || flowsMax > 1 << 29) {
      throw new IllegalArgumentException("flows must be 1 to " + (1 << 29) + ", not " + flowsMax);
    }
    this.flowsMax = flowsMax;
    this.uids = uids;
    this.waker = waker;
    Arrays.fill(wheel, NONE);
  }

  /** Returns the flow of {@code key}, or null. */
  public @Nullable Flow find(FlowKey key) {
    long wanted = (long) key.hash << 32;
    int at = key.hash & mask;
    while (true) {
      long slot = slots[at];
      if (slot == 0) {
        return null;
      }
      if (((slot ^ wanted) >>> 32) == 0) {
        Flow flow = flows[(int) slot - 1];
        if (flow.matches(key)) {
          return flow;
        }
      }
      at = (at + 1) & mask;
    }
  }

  /**
   * Begins a flow that is not in the table.
   *
   * @param deadlineNs when its timer fires first
   */
  public Flow insert(FlowKey key, long nowNs, long deadlineNs) {
    return insert(key, nowNs, nowNs, deadlineNs);
  }

  /**
   * As above, where records have times of their own.
   *
   * @param timeNs when the first packet was captured
   * @param clockNs the time by which timers fire
   */
  public Flow insert(FlowKey key, long timeNs, long clockNs, long deadlineNs) {
    if (size == flowsMax) {
      evict(clockNs);
    }
    if (2 * size >= slots.length) {
      grow();
    }
    Flow flow = take();
    flow.begin(key, timeNs, clockNs, uids.next(), uids.low());
    int at = key.hash & mask;
    while (slots[at] != 0) {
      at = (at + 1) & mask;
    }
    slots[at] = (long) key.hash << 32 | (flow.index + 1);
    size++;
    link(flow, deadlineNs);
    return flow;
  }

  private Flow take() {
    if (freeCount > 0) {
      return flows[free[--freeCount]];
    }
    if (created == flows.length) {
      int grown = (int) Math.min(flowsMax, 2L * created);
      flows = Arrays.copyOf(flows, grown);
      free = Arrays.copyOf(free, grown);
      next = Arrays.copyOf(next, grown);
      previous = Arrays.copyOf(previous, grown);
    }
    Flow flow = new Flow(created);
    flows[created++] = flow;
    return flow;
  }

  private void grow() {
    long[] old = slots;
    slots = new long[2 * old.length];
    mask = slots.length - 1;
    for (long slot : old) {
      if (slot != 0) {
        int at = (int) (slot >>> 32) & mask;
        while (slots[at] != 0) {
          at = (at + 1) & mask;
        }
        slots[at] = slot;
      }
    }
  }

  /** Ends a flow: its record is written by the waker, its place is free. */
  public void remove(Flow flow) {
    unlink(flow);
    int at = flow.hash & mask;
    while ((int) slots[at] != flow.index + 1) {
      at = (at + 1) & mask;
    }
    close(at);
    size--;
    waker.onRemove(flow);
    free[freeCount++] = flow.index;
  }

  /** Empties a slot and moves back what had been pushed past it. */
  private void close(int emptied) {
    int hole = emptied;
    int at = hole;
    while (true) {
      at = (at + 1) & mask;
      long slot = slots[at];
      if (slot == 0) {
        break;
      }
      int home = (int) (slot >>> 32) & mask;
      if (((at - home) & mask) >= ((at - hole) & mask)) {
        slots[hole] = slot;
        hole = at;
      }
    }
    slots[hole] = 0;
  }

  /** Makes the timer of {@code flow} fire no later than {@code deadlineNs}. */
  public void wakeBy(Flow flow, long deadlineNs) {
    if (deadlineNs < flow.timerNs) {
      unlink(flow);
      link(flow, deadlineNs);
    }
  }

  /** Fires every timer that is due. Time never goes back here. */
  public void advance(long nowNs) {
    long nowTick = nowNs >> TICK_SHIFT;
    if (nowTick == tick && started) {
      if (nowNs >= currentSlotNs) {
        expire((int) tick & (WHEEL_SLOTS - 1), nowNs);
      }
      return;
    }
    advanceTo(nowTick, nowNs);
  }

  private void advanceTo(long nowTick, long nowNs) {
    if (!started) {
      started = true;
      tick = nowTick;
    }
    if (nowTick < tick) {
      return;
    }
    long first = Math.max(tick, nowTick - WHEEL_SLOTS + 1);
    for (long at = first; at <= nowTick; at++) {
      tick = at;
      expire((int) at & (WHEEL_SLOTS - 1), nowNs);
    }
  }

  /** Fires what is due in one slot; the rest stays. */
  private void expire(int slot, long nowNs) {
    int index = wheel[slot];
    currentSlotNs = Long.MAX_VALUE;
    while (index != NONE) {
      Flow flow = flows[index];
      index = next[index];
      if (flow.timerNs > nowNs) {
        currentSlotNs = Math.min(currentSlotNs, flow.timerNs);
        continue;
      }
      long deadlineNs = waker.onTimer(flow, nowNs);
      if (deadlineNs == 0) {
        remove(flow);
      } else {
        unlink(flow);
        link(flow, deadlineNs);
      }
    }
  }

  private void link(Flow flow, long deadlineNs) {
    long horizonNs = ((started ? tick : deadlineNs >> TICK_SHIFT) + WHEEL_SLOTS - 1) * TICK_NS;
    flow.timerNs = Math.min(deadlineNs, horizonNs);
    long at = Math.max(flow.timerNs >> TICK_SHIFT, tick);
    if (at == tick) {
      currentSlotNs = Math.min(currentSlotNs, flow.timerNs);
    }
    int slot = (int) at & (WHEEL_SLOTS - 1);
    int head = wheel[slot];
    next[flow.index] = head;
    previous[flow.index] = -2 - slot;
    if (head != NONE) {
      previous[head] = flow.index;
    }
    wheel[slot] = flow.index;
  }

  private void unlink(Flow flow) {
    int after = next[flow.index];
    int before = previous[flow.index];
    if (before < 0) {
      wheel[-2 - before] = after;
    } else {
      next[before] = after;
    }
    if (after != NONE) {
      previous[after] = before;
    }
  }

  /** Removes one flow: of those whose timers fire next, the first whose deadline has not moved. */
  private void evict(long nowNs) {
    Flow victim = null;
    int tries = 0;
    for (int i = 0; i < WHEEL_SLOTS && tries < EVICTION_TRIES; i++) {
      int index = wheel[(int) (tick + i) & (WHEEL_SLOTS - 1)];
      while (index != NONE && tries < EVICTION_TRIES) {
        Flow flow = flows[index];
        index = next[index];
        tries++;
        long deadlineNs = waker.onTimer(flow, nowNs);
        if (deadlineNs <= flow.timerNs) {
          victim = flow;
          tries = EVICTION_TRIES;
        } else {
          unlink(flow);
          link(flow, deadlineNs);
          victim = victim == null || flow.timerNs < victim.timerNs ? flow : victim;
        }
      }
    }
    if (victim == null) {
      throw new IllegalStateException("a full table has no flow in its wheel");
    }
    evicted++;
    remove(victim);
  }

  /** Shows every flow, in the order of their first packets' indices. */
  public void forEach(Consumer<Flow> action) {
    boolean[] idle = new boolean[created];
    for (int i = 0; i < freeCount; i++) {
      idle[free[i]] = true;
    }
    for (int i = 0; i < created; i++) {
      if (!idle[i]) {
        action.accept(flows[i]);
      }
    }
  }

  /** Ends every flow. */
  public void drain() {
    forEach(this::remove);
  }

  /** Returns how many flows are open. */
  public int size() {
    return size;
  }

  /** Returns how many flows had to make room. */
  public long evicted() {
    return evicted;
  }
}
