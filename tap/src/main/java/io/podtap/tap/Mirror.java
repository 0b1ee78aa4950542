package io.podtap.tap;

import io.podtap.core.packet.FlowHash;
import io.podtap.core.packet.Frame;
import io.podtap.core.packet.FrameHandler;
import io.podtap.core.packet.Headers;
import io.podtap.core.packet.LinkType;
import io.podtap.tap.balance.Rendezvous;
import io.podtap.tap.encapsulate.Encapsulator;
import io.podtap.tap.encapsulate.LinkHeader;
import io.podtap.tap.segment.Segmenter;
import io.podtap.tap.send.Lane;
import io.podtap.tap.send.SendQueue;
import io.podtap.tap.send.SensorLanes;
import java.lang.foreign.MemorySegment;

/**
 * A frame's way through the tap:
 *
 * <ol>
 *   <li>capture: the kernel puts frames into a ring ({@code core.capture}), what its filter refuses
 *       never gets there
 *   <li>locate: one walk over the headers; an unknown link layer ends here, counted
 *   <li>balance: the flow's hash chooses sensor and lane
 *   <li>segment: a plan of the packets that fit the sensor's path
 *   <li>for each packet: a place in a batch of the lane; encapsulate: tunnel and link-layer header;
 *       segment: the packet itself, written behind them: the only copy of its bytes
 *   <li>send: full batches, and at the end of a ring block all, leave with one system call each
 * </ol>
 *
 * <p>The hot thread; no allocation.
 */
final class Mirror implements FrameHandler {

  private final Headers headers = new Headers();
  private final LinkHeader link;
  private final Segmenter segmenter;
  private final Encapsulator encapsulator;
  private final SendQueue queue;
  private final MemorySegment buffer;
  private final Ledger ledger;
  private final InterfaceLedger[] interfaces;
  private final int padBytes;
  private Sensors sensors;

  /**
   * @param padBytes frames are padded to a multiple of this, as far as the path allows; 1 for none
   */
  Mirror(
      LinkHeader link,
      Segmenter segmenter,
      Encapsulator encapsulator,
      SendQueue queue,
      Ledger ledger,
      Sensors sensors,
      int padBytes) {
    this.link = link;
    this.segmenter = segmenter;
    this.encapsulator = encapsulator;
    this.queue = queue;
    this.buffer = queue.buffer();
    this.ledger = ledger;
    this.interfaces = ledger.interfaces().toArray(InterfaceLedger[]::new);
    this.sensors = sensors;
    this.padBytes = padBytes;
  }

  @Override
  public void onFrame(Frame frame) {
    InterfaceLedger account = interfaces[frame.interfaceIndex()];
    if (sensors.isEmpty()) {
      account.fail(FrameFailure.NO_SENSOR);
      return;
    }
    MemorySegment source = frame.segment();
    headers.locate(source, frame.offset(), frame.length(), frame.linkType());
    if (!link.locate(frame, headers)) {
      account.fail(
          frame.linkType() == LinkType.ETHERNET
              ? FrameFailure.LINK_HEADER_TRUNCATED
              : FrameFailure.LINK_TYPE_UNSUPPORTED);
      return;
    }
    int flow = FlowHash.of(source, frame.offset(), frame.length(), headers);
    SensorLanes sensor = sensors.of(flow);
    Lane lane = sensor.lane(Rendezvous.lane(flow, sensor.count()));
    int linkBytes = link.length();
    int frameBytesMax = sensor.datagramBytesMax() - encapsulator.headerLength();
    int count = segmenter.plan(frame, headers, link.packetOffset(), linkBytes, frameBytesMax);
    if (headers.isFragment()) { // without ports: a flow of its own to us, not to its ends
      queue.barrier();
    }
    for (int i = 0; i < count; i++) {
      write(frame, i, i == count - 1, lane, flow, frameBytesMax);
    }
    if (headers.isFragment()) {
      queue.barrier();
    }
    account.mirror();
    ledger.addPackets(count);
  }

  private void write(Frame frame, int index, boolean last, Lane lane, int flow, int frameBytesMax) {
    int outerBytes = encapsulator.headerLength();
    int linkBytes = link.length();
    int packetBytes = segmenter.length(index);
    int originalBytes = segmenter.originalLength(index);
    int frameBytes = linkBytes + packetBytes;
    int padding = packetBytes == originalBytes ? padding(frameBytes, frameBytesMax) : 0;
    long at = queue.reserve(lane, flow, outerBytes + frameBytes + padding);
    int uncaptured = last ? frame.originalLength() - frame.length() : 0;
    encapsulator.write(buffer, at, frame.timestampNs(), linkBytes + originalBytes + uncaptured);
    link.write(buffer, at + outerBytes);
    segmenter.write(index, buffer, at + outerBytes + linkBytes);
    if (padding > 0) {
      pad(at + outerBytes + frameBytes, padding);
    }
  }

  /** An Ethernet frame may be longer than its packet says; the lengths inside stay true. */
  private int padding(int frameBytes, int frameBytesMax) {
    int over = frameBytes % padBytes;
    return over == 0 ? 0 : Math.max(Math.min(padBytes - over, frameBytesMax - frameBytes), 0);
  }

  private void pad(long at, int bytes) {
    for (int i = 0; i < bytes; i++) {
      buffer.set(java.lang.foreign.ValueLayout.JAVA_BYTE, at + i, (byte) 0);
    }
  }

  @Override
  public void onBatchEnd() {
    queue.flush();
  }

  /** Uses other sensors from the next frame on; what waits for the present ones is sent first. */
  void sensors(Sensors next) {
    queue.flush();
    sensors = next;
  }

  Sensors sensors() {
    return sensors;
  }
}
