/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.capture;

import io.podtap.core.config.SettingsException;
import io.podtap.core.filter.BpfProgram;
import io.podtap.core.filter.Direction;
import io.podtap.core.filter.FilterCompiler;
import io.podtap.core.filter.LoopGuard;
import io.podtap.core.linux.Errno;
import io.podtap.core.linux.FrameCounter;
import io.podtap.core.linux.InterfaceFacts;
import io.podtap.core.linux.LinuxException;
import io.podtap.core.linux.PacketRing;
import io.podtap.core.packet.Frame;
import io.podtap.core.packet.FrameHandler;
import io.podtap.core.packet.LinkType;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The frames of one network interface, from a ring that the kernel fills.
 *
 * <p>Each frame comes with capture time, length on the wire, direction, stripped VLAN tag and
 * offload facts. On {@code lo}, where the kernel shows each packet leaving and arriving, the
 * leaving one is dropped by the filter; there both directions are one. No allocation per frame. One
 * thread, of the interface's network namespace.
 *
 * <p>Counters: {@code seen = filtered + dropped + delivered + still in the ring}. They survive the
 * interface: when it vanishes and comes back under the same name, {@link #maintain} binds the same
 * ring to the new one.
 */
public final class InterfaceCapture implements FrameSource {

  private final String device;
  private final int interfaceIndex;
  private final int linkType;
  private final boolean loopback;
  private final boolean cooked;
  private final PacketRing ring;
  private final Direction direction;
  private final Frame frame = new Frame();

  private LoopGuard guard;
  private BpfProgram filter = BpfProgram.ACCEPT_ALL;
  private @Nullable FrameCounter all;
  private long allOffset;
  private int boundIndex;
  private boolean present = true;
  private boolean watching;
  private boolean stopped;

  private long delivered;
  private long truncated;
  private long passed;
  private long dropped;
  private long freezes;
  private long filtered;
  private long absences;
  private boolean losing;

  private InterfaceCapture(
      InterfaceFacts facts,
      int interfaceIndex,
      RingSettings settings,
      LoopGuard guard,
      Direction direction) {
    this.device = facts.name();
    this.interfaceIndex = interfaceIndex;
    this.guard = guard;
    linkType = facts.isEthernet() ? LinkType.ETHERNET : LinkType.RAW;
    loopback = facts.isLoopback();
    // What passes lo is both sent and received, and is left once.
    this.direction = loopback ? Direction.BOTH : direction;
    cooked = !facts.isEthernet() && !facts.isBareIp();
    ring =
        new PacketRing(
            settings.ringBytes(), settings.blockBytes(), settings.retireTimeoutMs(), cooked);
  }

  /**
   * Opens a capture and begins at once.
   *
   * @param interfaceIndex the number that its frames carry, counted from zero by the caller
   * @param guard what is left out unseen
   * @param expression a filter in tcpdump's language; empty for none
   * @throws SettingsException when there is no such interface or the filter is wrong
   * @throws LinuxException when the kernel refuses, naming the missing privilege
   */
  public static InterfaceCapture open(
      String device,
      int interfaceIndex,
      RingSettings settings,
      LoopGuard guard,
      String expression) {
    return open(device, interfaceIndex, settings, guard, expression, Direction.BOTH);
  }

  /**
   * Opens a capture of one direction, or of both.
   *
   * @param direction what goes the other way is refused by the filter, and counted as filtered
   * @see #open(String, int, RingSettings, LoopGuard, String)
   */
  public static InterfaceCapture open(
      String device,
      int interfaceIndex,
      RingSettings settings,
      LoopGuard guard,
      String expression,
      Direction direction) {
    InterfaceFacts facts = find(device);
    InterfaceCapture capture =
        new InterfaceCapture(facts, interfaceIndex, settings, guard, direction);
    try {
      capture.filter(capture.compile(expression));
      capture.bind(facts.index());
      return capture;
    } catch (RuntimeException e) {
      capture.close();
      throw e;
    }
  }

  private static InterfaceFacts find(String device) {
    return InterfaceFacts.find(device)
        .orElseThrow(() ->
            new SettingsException(
                "interface '"
                    + device
                    + "' does not exist; available: "
                    + String.join(", ", InterfaceFacts.all().keySet())));
  }

  private void bind(int index) {
    readStatistics();
    if (all != null) {
      all.bind(index);
      settleOffset(all);
    }
    ring.bind(index);
    boundIndex = index;
  }

  /** What was counted so far and is neither passed nor filtered never reached the ring's filter. */
  private void settleOffset(FrameCounter counter) {
    allOffset = counter.count() - passed - filtered;
  }

  /**
   * Compiles a filter for this interface's frames, and for its direction, without using it; from
   * any thread.
   */
  public BpfProgram compile(String expression) {
    return compile(expression, direction);
  }

  /** As {@link #compile(String)}, for another direction; of {@code lo} both are always taken. */
  public BpfProgram compile(String expression, Direction way) {
    Direction taken = loopback ? Direction.BOTH : way;
    return taken.restrict(FilterCompiler.compileLive(expression, device, linkType));
  }

  /** Returns the filter in use, direction included. */
  public BpfProgram filter() {
    return filter;
  }

  /**
   * Uses another filter from the next frame on; no frame passes unfiltered in between. Frames that
   * stand in the ring stay.
   *
   * @throws IllegalArgumentException when guard and filter together are more than the kernel takes;
   *     the present filter stays
   */
  public void filter(BpfProgram program) {
    if (stopped) {
      return;
    }
    long[] instructions = guarded(program);
    boolean counting = !program.equals(BpfProgram.ACCEPT_ALL);
    if (counting && all == null) {
      startCounting();
    }
    filter = program;
    ring.filter(instructions);
    if (!counting && all != null) {
      readStatistics();
      all.close();
      all = null;
    }
  }

  /**
   * The kernel does not count what a filter refuses. So a second socket counts everything but own
   * traffic; filtered is what it has counted and the ring's filter has not passed. (Counting with
   * the negated filter would miss frames too short for the filter's loads: both verdicts drop
   * them.)
   */
  private void startCounting() {
    FrameCounter counter = new FrameCounter(guarded(BpfProgram.ACCEPT_ALL), cooked);
    all = counter;
    if (boundIndex != 0) {
      counter.bind(boundIndex);
      readStatistics();
      settleOffset(counter);
    }
  }

  /**
   * Uses another guard from the next frame on. One that is equal costs nothing.
   *
   * @throws IllegalArgumentException when guard and filter together are more than the kernel takes;
   *     the present guard stays
   */
  public void guard(LoopGuard next) {
    if (stopped || next.equals(guard)) {
      return;
    }
    long[] instructions = next.protect(filter, linkType, loopback).instructions();
    guard = next;
    ring.filter(instructions);
    if (all != null) {
      all.filter(guarded(BpfProgram.ACCEPT_ALL));
    }
  }

  private long[] guarded(BpfProgram program) {
    return guard.protect(program, linkType, loopback).instructions();
  }

  @Override
  public int poll(FrameHandler handler) {
    if (!ring.isBlockReady()) {
      return isDrained() ? END : 0;
    }
    losing = ring.isLosing();
    int count = ring.blockPackets();
    long packet = ring.firstPacket();
    for (int i = 0; i < count; i++) {
      wrap(packet);
      handler.onFrame(frame);
      packet = ring.nextPacket(packet);
    }
    delivered += count;
    handler.onBatchEnd(); // before the kernel may write over the frames
    ring.releaseBlock();
    return count;
  }

  private void wrap(long packet) {
    MemorySegment segment = ring.segment();
    long offset = ring.frameOffset(packet);
    int captured = ring.captured(packet);
    int wire = ring.wire(packet);
    if (captured < wire) {
      truncated++;
    }
    frame
        .wrap(segment, offset, captured, wire, ring.timestampNs(packet))
        .origin(linkType, interfaceIndex, ring.isOutgoing(packet));
    int tpid = ring.vlanTpid(packet);
    if (tpid != 0) {
      frame.vlan(tpid, ring.vlanTci(packet));
    }
    if (cooked) {
      return;
    }
    int gsoType = ring.gsoType(offset);
    if (gsoType != Frame.GSO_NONE) {
      frame.gso(gsoType, ring.gsoSize(offset));
    }
    if (ring.isChecksumNeeded(offset)) {
      frame.checksumNeeded(ring.checksumStart(offset), ring.checksumOffset(offset));
    }
  }

  /**
   * Looks after the interface: binds to it again when it has come back. To be called a few times a
   * second, and when a poller reports an error; one system call while all is well.
   *
   * @return whether the interface is there
   */
  public boolean maintain() {
    if (ring.pendingError() != 0) {
      watching = true;
    }
    if (!watching) {
      return true;
    }
    Optional<InterfaceFacts> facts = InterfaceFacts.find(device);
    if (facts.isPresent() && facts.get().index() == boundIndex) {
      // Down: the kernel says nothing more when it is deleted now, and goes on by itself when up.
      watching = !facts.get().up();
      present = true;
      return true;
    }
    if (present) {
      present = false;
      absences++;
    }
    if (facts.isPresent() && isOfSameKind(facts.get()) && !stopped) {
      rebind(facts.get().index());
    }
    return present;
  }

  private boolean isOfSameKind(InterfaceFacts facts) {
    return facts.isEthernet() == (linkType == LinkType.ETHERNET)
        && facts.isLoopback() == loopback
        && cooked == (!facts.isEthernet() && !facts.isBareIp());
  }

  private void rebind(int index) {
    try {
      bind(index);
      present = true; // still watched until it is known to be up
    } catch (LinuxException e) {
      if (e.errno() != Errno.ENODEV) {
        throw e;
      }
      present = false; // gone again; the next call looks anew
    }
  }

  /**
   * Takes no further frame. What stands in the ring still comes: {@link #poll} until it returns
   * {@link #END}, at most the ring's timeout later.
   */
  public void stop() {
    if (!stopped) {
      stopped = true;
      long[] nothing = BpfProgram.DROP_ALL.instructions();
      if (all != null) {
        all.filter(nothing);
      }
      ring.filter(nothing);
    }
  }

  private boolean isDrained() {
    if (!stopped) {
      return false;
    }
    readStatistics();
    return delivered == passed - dropped;
  }

  /** Reads the kernel's counters; two system calls at most, no allocation. */
  public void readStatistics() {
    // In this order, what passes in between makes filtered too small for a moment, never too large.
    long counted = all == null ? 0 : all.count();
    ring.readStatistics();
    passed += ring.statisticsPackets();
    dropped += ring.statisticsDrops();
    freezes += ring.statisticsFreezes();
    if (all != null) {
      filtered = Math.max(filtered, counted - allOffset - passed);
    }
  }

  /** Returns frames of the interface but own traffic, as of {@link #readStatistics}. */
  public long seen() {
    return passed + filtered;
  }

  /** Returns frames that the filter refused, as of {@link #readStatistics}. */
  public long filtered() {
    return filtered;
  }

  /** Returns frames for which the ring had no room, as of {@link #readStatistics}. */
  public long droppedByKernel() {
    return dropped;
  }

  /** Returns how often the ring was full, as of {@link #readStatistics}. */
  public long freezes() {
    return freezes;
  }

  /** Returns frames handed over. */
  public long delivered() {
    return delivered;
  }

  /** Returns frames handed over that are longer than a block and were cut. */
  public long truncated() {
    return truncated;
  }

  /** Returns how often the interface vanished. */
  public long absences() {
    return absences;
  }

  /** Returns whether the interface is there, as of {@link #maintain}. */
  public boolean isPresent() {
    return present;
  }

  /** Returns whether frames were lost shortly before the last batch. */
  public boolean isLosing() {
    return losing;
  }

  /** Returns the interface's name. */
  public String device() {
    return device;
  }

  /** Returns how its frames begin, one of {@link LinkType}. */
  public int linkType() {
    return linkType;
  }

  /** Returns the descriptor to wait for, readable when a batch is ready; it stays this object's. */
  public int fd() {
    return ring.fd();
  }

  @Override
  public void close() {
    ring.close();
    if (all != null) {
      all.close();
    }
  }
}
