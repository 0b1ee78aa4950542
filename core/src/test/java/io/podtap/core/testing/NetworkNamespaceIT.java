package io.podtap.core.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.NetworkInterface;
import org.junit.jupiter.api.Test;

@RequiresRoot
final class NetworkNamespaceIT {

  @Test
  void joinsNamespacesAndRunsCommandsAndCodeInside() {
    String name;
    try (NetworkNamespace left = NetworkNamespace.create("left");
        NetworkNamespace right = NetworkNamespace.create("right")) {
      name = left.name();
      left.connect("eth0", right, "eth0");
      left.address("eth0", "10.1.0.1/24");
      right.address("eth0", "10.1.0.2/24");
      left.address("eth0", "fd01::1/64");
      right.address("eth0", "fd01::2/64");

      assertThat(left.run("ping", "-c1", "-W2", "10.1.0.2")).contains("1 received");
      assertThat(left.run("ping", "-c1", "-W2", "fd01::2")).contains("1 received");
      assertThat(right.call(() -> NetworkInterface.getByName("eth0").inetAddresses().toList()))
          .anyMatch(address -> address.getHostAddress().equals("10.1.0.2"));
    }
    assertThat(java.nio.file.Path.of("/run/netns", name)).doesNotExist();
  }
}
