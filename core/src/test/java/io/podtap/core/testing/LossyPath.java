/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.testing;

import io.podtap.core.capture.InterfaceCapture;
import io.podtap.core.capture.RingSettings;
import io.podtap.core.filter.LoopGuard;
import io.podtap.core.linux.InterfaceFacts;
import io.podtap.core.linux.PacketSender;
import io.podtap.core.packet.Frame;
import io.podtap.core.packet.FrameHandler;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A long line between two hosts: every frame arrives late, some never do. A wire with a thread in a
 * namespace of its own, which hands frames from one of its two interfaces to the other.
 */
public final class LossyPath implements AutoCloseable {

  private static final int FRAME_BYTES_MAX = 2_048;
  private static final long IDLE_NS = 200_000;

  private final NetworkNamespace wire = NetworkNamespace.create("wire");
  private final double loss;
  private final long delayNs;
  private final Random random;
  private final Thread thread;
  private volatile boolean over;
  private final AtomicLong lost = new AtomicLong();
  private final AtomicLong passed = new AtomicLong();

  /** A frame under way. */
  private record Late(ByteBuffer bytes, PacketSender to, long dueNs) {}

  /**
   * Connects {@code device} of two hosts, whose addresses the caller sets.
   *
   * @param loss how many frames of one get lost, 0.01 is one of a hundred
   * @param delayMs of every frame, each way
   * @param seed says which
   */
  public LossyPath(
      NetworkNamespace left,
      NetworkNamespace right,
      String device,
      double loss,
      long delayMs,
      long seed) {
    this.loss = loss;
    this.delayNs = delayMs * 1_000_000;
    this.random = new Random(seed);
    left.connect(device, wire, "left");
    right.connect(device, wire, "right");
    for (NetworkNamespace host : new NetworkNamespace[] {left, right}) {
      // What a line carries: frames that are cut and whose checksums are there.
      host.run("ethtool", "-K", device, "tso", "off", "gso", "off", "gro", "off", "tx", "off");
    }
    for (String end : new String[] {"left", "right"}) {
      wire.run("ethtool", "-K", end, "gro", "off");
      wire.run("sysctl", "-qw", "net.ipv6.conf." + end + ".disable_ipv6=1");
    }
    thread =
        Thread.ofPlatform()
            .start(() ->
                wire.call(() -> {
                  carry();
                  return true;
                }));
  }

  private void carry() {
    Queue<Late> late = new ArrayDeque<>();
    try (Arena arena = Arena.ofConfined();
        InterfaceCapture left = open("left");
        InterfaceCapture right = open("right");
        PacketSender toLeft = sender("left");
        PacketSender toRight = sender("right")) {
      MemorySegment buffer = arena.allocate(FRAME_BYTES_MAX);
      FrameHandler fromLeft = take(late, toRight);
      FrameHandler fromRight = take(late, toLeft);
      while (!over) {
        int done = left.poll(fromLeft) + right.poll(fromRight);
        for (Late next = late.peek(); isDue(next); next = late.peek()) {
          late.remove();
          buffer.copyFrom(MemorySegment.ofBuffer(next.bytes));
          next.to.send(buffer, 0, next.bytes.limit()); // what the interface refuses is lost too
          done++;
        }
        if (done == 0) {
          LockSupport.parkNanos(IDLE_NS);
        }
      }
    }
  }

  private static boolean isDue(@Nullable Late next) {
    return next != null && next.dueNs <= System.nanoTime();
  }

  private static InterfaceCapture open(String end) {
    return InterfaceCapture.open(end, 0, RingSettings.DEFAULT, LoopGuard.NONE, "");
  }

  private static PacketSender sender(String end) {
    return new PacketSender(InterfaceFacts.find(end).orElseThrow().index());
  }

  private FrameHandler take(Queue<Late> late, PacketSender to) {
    return new FrameHandler() {
      @Override
      public void onFrame(Frame frame) {
        if (frame.isOutgoing()) {
          return; // sent by this thread
        }
        if (random.nextDouble() < loss) {
          lost.incrementAndGet();
          return;
        }
        passed.incrementAndGet();
        byte[] bytes = new byte[frame.length()];
        MemorySegment.copy(
            frame.segment(), ValueLayout.JAVA_BYTE, frame.offset(), bytes, 0, bytes.length);
        late.add(new Late(ByteBuffer.wrap(bytes), to, System.nanoTime() + delayNs));
      }

      @Override
      public void onBatchEnd() {}
    };
  }

  /** Returns how many frames were lost by design. */
  public long lost() {
    return lost.get();
  }

  /** Returns how many were not. */
  public long passed() {
    return passed.get();
  }

  /** Ends the thread and removes the namespace, and the hosts' interfaces with it. */
  @Override
  public void close() {
    over = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      wire.close();
    }
  }
}
