/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podtap.core.capture.InterfaceCapture;
import io.podtap.core.capture.RingSettings;
import io.podtap.core.filter.LoopGuard;
import io.podtap.core.packet.Frame;
import io.podtap.core.packet.FrameHandler;
import io.podtap.core.testing.NetworkNamespace;
import io.podtap.core.testing.RequiresRoot;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

@RequiresRoot
final class TapDeviceIT {

  private static final List<Integer> LENGTHS = List.of(60, 1_514, 60_000);

  @Test
  void aFrameThatIsWrittenComesInAtTheInterface() throws Exception {
    try (NetworkNamespace namespace = NetworkNamespace.create("tapdev")) {
      namespace.call(TapDeviceIT::writeOne);
    }
  }

  private static boolean writeOne() {
    try (Arena arena = Arena.ofConfined();
        TapDevice device = TapDevice.open("mirror0", 9_000)) {
      InterfaceFacts facts = InterfaceFacts.find("mirror0").orElseThrow();
      assertThat(facts.mtu()).isEqualTo(9_000);
      assertThat(facts.up()).isTrue();
      assertThat(facts.isEthernet()).isTrue();
      MemorySegment frame = arena.allocate(60_000);
      try (InterfaceCapture capture =
          InterfaceCapture.open("mirror0", 0, RingSettings.DEFAULT, LoopGuard.NONE, "")) {
        for (int length : LENGTHS) {
          frame.set(ValueLayout.JAVA_BYTE, 14, (byte) 0x45);
          assertThat(device.write(frame, 0, length)).isZero();
        }
        assertThat(device.write(frame, 0, 3)).as("no Ethernet header").isEqualTo(Errno.EINVAL);
        assertThat(incoming(capture)).containsExactlyElementsOf(LENGTHS);
      }
    }
    assertThat(InterfaceFacts.find("mirror0")).isEmpty();
    return true;
  }

  private static List<Integer> incoming(InterfaceCapture capture) {
    List<Integer> lengths = new ArrayList<>();
    FrameHandler handler =
        new FrameHandler() {
          @Override
          public void onFrame(Frame frame) {
            if (!frame.isOutgoing()) {
              lengths.add(frame.length());
            }
          }

          @Override
          public void onBatchEnd() {}
        };
    for (int i = 0; i < 1_000 && lengths.size() < LENGTHS.size(); i++) {
      if (capture.poll(handler) == 0) {
        LockSupport.parkNanos(5_000_000);
      }
    }
    return lengths;
  }

  @Test
  void aNameThatIsTakenIsRefused() throws Exception {
    try (NetworkNamespace namespace = NetworkNamespace.create("tapdev2")) {
      namespace.call(() -> {
        try (TapDevice _ = TapDevice.open("mirror0", 1_500)) {
          assertThatThrownBy(() -> TapDevice.open("mirror0", 1_500))
              .isInstanceOf(LinuxException.class)
              .hasMessageContaining("mirror0")
              .hasMessageContaining("EBUSY");
        }
        return true;
      });
    }
  }
}
