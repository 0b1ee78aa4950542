/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.send;

import io.podtap.core.linux.MappedMemory;
import io.podtap.tap.link.FailureCounters;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Joins datagrams of one lane and one size into batches, each of which leaves with one system call.
 *
 * <p>Several batches are open at a time, numbered in the order in which they will leave. A datagram
 * joins the newest batch of its lane and size, unless a later batch already holds an earlier
 * datagram of its flow: so flows overtake each other and fill batches, but nothing overtakes within
 * a flow. When a batch leaves and the next one of its lane holds a single shorter datagram, that
 * one is taken along as its last: {@code UDP_SEGMENT} allows the last to be shorter.
 *
 * <p>Memory is fixed: {@link #BATCHES} buffers of 64 KiB. When all are in use the oldest leaves.
 * One thread; no allocation.
 */
public final class SendQueue {

  /** Datagrams of a batch at most; an output whose kernel takes fewer sends it in pieces. */
  public static final int BATCH_DATAGRAMS_MAX = 128;

  /** Bytes of a batch at most, UDP's own limit over IPv4. */
  public static final int BATCH_BYTES_MAX = 65_507;

  /** Batches open at a time. */
  public static final int BATCHES = 32;

  private static final int BATCH_MASK = BATCHES - 1;
  private static final int BUFFER_BYTES = 65_536;
  private static final int FLOW_SLOTS = 4_096;
  private static final int SIZE_SLOTS = 256;
  private static final int MULTIPLIER = 0x9E37_79B1;

  /** One batch; moved from lane to lane, never made anew. */
  private static final class Batch {
    final long base;
    @Nullable Lane lane;
    int datagramBytes;
    int count;
    int length;

    /** Number of the first batch behind the last barrier that stood when this one was opened. */
    long floor;

    Batch(long base) {
      this.base = base;
    }
  }

  private final MemorySegment buffer;
  private final FailureCounters failures;
  private final Batch[] batches = new Batch[BATCHES];

  /** Number of the oldest open batch, and of the next one to be opened. */
  private long oldest = 1;

  private long next = 1;

  /** Nothing new joins a batch below this number. */
  private long floor;

  /** By flow: the last batch that got a datagram of it. Flows that share a slot only wait more. */
  private final long[] lastOfFlow = new long[FLOW_SLOTS];

  /** By lane and size: the newest batch. */
  private final long[] newestOfSize = new long[SIZE_SLOTS];

  private Refitter refitter = Refitter.NONE;
  private long calls;
  private long datagrams;

  /**
   * Takes buffers from {@code arena}.
   *
   * @param failures counts packets that could not be sent
   */
  public SendQueue(Arena arena, FailureCounters failures) {
    this.failures = failures;
    buffer = MappedMemory.allocate(arena, (long) BATCHES * BUFFER_BYTES);
    for (int i = 0; i < BATCHES; i++) {
      batches[i] = new Batch((long) i * BUFFER_BYTES);
    }
  }

  /** Uses {@code next} for datagrams that the path does not take any more. */
  public void refitter(Refitter next) {
    refitter = next;
  }

  /** Returns the memory that {@link #reserve} gives places in. */
  public MemorySegment buffer() {
    return buffer;
  }

  /**
   * Gives the next datagram of a flow its place. The caller writes exactly {@code bytes} there
   * before it calls this object again.
   *
   * @param bytes 1 to {@link #BATCH_BYTES_MAX}
   * @return where in {@link #buffer} the datagram stands
   */
  public long reserve(Lane lane, int flowHash, int bytes) {
    int flow = ((flowHash * MULTIPLIER) >>> 20) & (FLOW_SLOTS - 1);
    int size = (((bytes * 31 + lane.id()) * MULTIPLIER) >>> 24) & (SIZE_SLOTS - 1);
    long number = newestOfSize[size];
    Batch batch = batches[(int) number & BATCH_MASK];
    if (number < oldest
        || number < floor
        || number < lastOfFlow[flow]
        || batch.lane != lane
        || batch.datagramBytes != bytes
        || isFull(batch)) {
      number = open(lane, bytes);
      batch = batches[(int) number & BATCH_MASK];
      newestOfSize[size] = number;
    }
    lastOfFlow[flow] = number;
    long at = batch.base + batch.length;
    batch.length += bytes;
    batch.count++;
    return at;
  }

  /** Returns whether another datagram of the batch's size does not fit. */
  private static boolean isFull(Batch batch) {
    return batch.count == BATCH_DATAGRAMS_MAX
        || batch.length + batch.datagramBytes > BATCH_BYTES_MAX;
  }

  private long open(Lane lane, int bytes) {
    if (next - oldest == BATCHES) {
      sendOldest();
    } else if (next == oldest) {
      next = (next + BATCH_MASK) & ~BATCH_MASK; // the first buffer again: it is in the cache
      oldest = next;
    } else if (isFull(batches[(int) oldest & BATCH_MASK])) {
      sendOldest();
    }
    Batch batch = batches[(int) next & BATCH_MASK];
    batch.lane = lane;
    batch.datagramBytes = bytes;
    batch.count = 0;
    batch.length = 0;
    batch.floor = floor;
    return next++;
  }

  /**
   * Lets nothing that is reserved from now on leave before what was reserved until now, of whatever
   * flow and lane: fragments show no ports, so their flow's other packets are not known to be its.
   */
  public void barrier() {
    floor = next;
  }

  /** Sends everything. */
  public void flush() {
    while (oldest < next) {
      sendOldest();
    }
  }

  private void sendOldest() {
    Batch batch = batches[(int) oldest & BATCH_MASK];
    oldest++;
    Lane lane = batch.lane;
    if (lane == null || batch.count == 0) { // taken along by another
      return;
    }
    takeAlong(batch);
    calls++;
    datagrams += batch.count;
    lane.send(
        buffer, batch.base, batch.length, batch.datagramBytes, batch.count, failures, refitter);
  }

  /** Moves the datagram of the lane's next batch to the end of this one, when that is allowed. */
  private void takeAlong(Batch batch) {
    if (batch.count == BATCH_DATAGRAMS_MAX) {
      return; // or full by bytes: a shorter one may still fit
    }
    for (long number = oldest; number < next; number++) {
      Batch later = batches[(int) number & BATCH_MASK];
      if (later.lane != batch.lane || later.count == 0) {
        continue;
      }
      if (later.count == 1
          && later.floor < oldest // no barrier stands between the two
          && later.length <= batch.datagramBytes
          && batch.length + later.length <= BATCH_BYTES_MAX) {
        MemorySegment.copy(buffer, later.base, buffer, batch.base + batch.length, later.length);
        batch.length += later.length;
        batch.count++;
        later.count = 0;
        later.lane = null; // closed: nothing may join it any more
      }
      return;
    }
  }

  /** Returns batches sent. */
  public long calls() {
    return calls;
  }

  /** Returns datagrams that were in them. */
  public long datagrams() {
    return datagrams;
  }
}
