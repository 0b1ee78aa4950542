package io.podtap.sensor;

import io.podtap.core.capture.InterfaceCapture;
import io.podtap.sensor.decapsulate.DatagramCutter;

/**
 * What an interface gave: {@code seen = filtered + dropped + delivered} up to what stands in the
 * ring.
 *
 * @param name the interface's; empty where none is captured
 * @param seen frames of the interface
 * @param filtered frames that the filter refused
 * @param dropped frames for which the ring had no room
 * @param delivered frames analysed
 * @param truncated of these, longer than a block of the ring and cut
 * @param joinedDatagramsCut of these, joined datagrams that were taken apart
 * @param datagramsOfJoined how many datagrams those were
 * @param datagramsUncaptured of these, cut off by the capture as a whole
 */
record InterfaceSummary(
    String name,
    long seen,
    long filtered,
    long dropped,
    long delivered,
    long truncated,
    long joinedDatagramsCut,
    long datagramsOfJoined,
    long datagramsUncaptured) {

  /** Of a sensor that captures no interface. */
  static final InterfaceSummary NONE = new InterfaceSummary("", 0, 0, 0, 0, 0, 0, 0, 0);

  /** Reads the kernel's counters; its thread. */
  static InterfaceSummary of(InterfaceCapture capture, DatagramCutter cutter) {
    capture.readStatistics();
    return new InterfaceSummary(
        capture.device(),
        capture.seen(),
        capture.filtered(),
        capture.droppedByKernel(),
        capture.delivered(),
        capture.truncated(),
        cutter.framesCut(),
        cutter.datagramsCut(),
        cutter.datagramsUncaptured());
  }
}
