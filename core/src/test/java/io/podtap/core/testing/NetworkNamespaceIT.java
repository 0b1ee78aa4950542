/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import org.junit.jupiter.api.Test;

@RequiresRoot
final class NetworkNamespaceIT {

  @Test
  void joinsNamespacesAndRunsCommandsAndCodeInside() throws IOException {
    String name;
    try (NetworkNamespace left = NetworkNamespace.create("left");
        NetworkNamespace right = NetworkNamespace.create("right")) {
      name = left.name();
      left.connect("eth0", right, "eth0");
      left.address("eth0", "10.1.0.1/24");
      right.address("eth0", "10.1.0.2/24");
      left.address("eth0", "fd01::1/64");
      right.address("eth0", "fd01::2/64");

      for (String address : List.of("10.1.0.2", "fd01::2")) {
        try (ServerSocket server = right.call(() -> new ServerSocket(7_000));
            Socket client = left.call(() -> new Socket(address, 7_000));
            Socket accepted = server.accept()) {
          client.getOutputStream().write(42);
          assertThat(accepted.getInputStream().read()).isEqualTo(42);
        }
      }
      assertThat(left.run("ip", "-4", "addr", "show", "eth0")).contains("10.1.0.1/24");
      assertThat(right.call(() -> NetworkInterface.getByName("eth0").inetAddresses().toList()))
          .anyMatch(address -> address.getHostAddress().equals("10.1.0.2"));
    }
    assertThat(java.nio.file.Path.of("/run/netns", name)).doesNotExist();
  }
}
