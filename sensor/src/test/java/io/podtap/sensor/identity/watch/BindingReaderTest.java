/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.identity.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.core.json.JsonReader;
import io.podtap.sensor.identity.Addresses;
import io.podtap.sensor.identity.Owner;
import io.podtap.sensor.identity.Place;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What is kept of an object, and what of it is left out and counted. */
final class BindingReaderTest {

  private static final String DIGEST = "sha256:" + "0123456789abcdef".repeat(4);

  private final PodReader pods = new PodReader();

  private static ObservedObject read(BindingReader reader, String json) throws IOException {
    return reader.read(
        new JsonReader(
            new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)),
            BindingReader.TEXT_BYTES_MAX));
  }

  private static Place place(String address) {
    return Objects.requireNonNull(Addresses.parse(address));
  }

  /** A pod with more metadata, fields of the specification and of the status. */
  private static String pod(String metadata, String spec, String status) {
    return "{\"metadata\":{\"name\":\"cart-1\",\"namespace\":\"shop\",\"uid\":\"u1\""
        + metadata
        + "},\"spec\":{\"nodeName\":\"n1\""
        + spec
        + "},\"status\":{\"phase\":\"Running\",\"podIP\":\"10.0.0.1\""
        + status
        + "}}";
  }

  private Owner owner(String json) throws IOException {
    return Objects.requireNonNull(read(pods, json).places().get(place("10.0.0.1")));
  }

  private static String status(String name, String image, String imageId) {
    return "{\"name\":\""
        + name
        + "\",\"ready\":true,\"image\":\""
        + image
        + "\",\"imageID\":\""
        + imageId
        + "\",\"state\":{\"running\":{}}}";
  }

  /** As the container runtimes of nodes write {@code imageID}, past and present. */
  @Test
  void namesContainersWithTheDigestsOfTheirImages() throws IOException {
    String nginx = "docker.io/library/nginx";
    Owner owner =
        owner(
            pod(
                "",
                "",
                ",\"containerStatuses\":["
                    + status("web", nginx + ":1", nginx + "@" + DIGEST)
                    + ','
                    + status("old", "nginx:1", "docker-pullable://nginx@" + DIGEST)
                    + ','
                    + status("loaded", "local/tool:7", DIGEST)
                    + ','
                    + status("waiting", "nginx:1", "")
                    + ','
                    + status("pinned", "nginx@" + DIGEST, "")
                    + ']'));
    assertThat(owner.containers())
        .isEqualTo(
            String.join(
                ",",
                "web=docker.io/library/nginx@" + DIGEST,
                "old=nginx@" + DIGEST,
                "loaded=local/tool:7@" + DIGEST,
                "waiting=nginx:1",
                "pinned=nginx@" + DIGEST));
    assertThat(pods.omitted()).isZero();
  }

  @Test
  void leavesOutAndCountsContainersAndLabelsWithoutRoom() throws IOException {
    String statuses =
        IntStream.range(0, 30)
            .mapToObj(i -> status("c" + i, "image:1", "registry.example/image@" + DIGEST))
            .collect(Collectors.joining(","));
    String labels =
        IntStream.range(0, 40)
            .mapToObj(i -> "\"label" + i + "\":\"" + "v".repeat(60) + '"')
            .collect(Collectors.joining(","));
    Owner owner =
        owner(pod(",\"labels\":{" + labels + '}', "", ",\"containerStatuses\":[" + statuses + ']'));
    int containers = owner.containers().split(",", -1).length;
    int kept = owner.labels().split(",", -1).length;
    assertThat(owner.containers().length()).isLessThanOrEqualTo(1_024);
    assertThat(owner.labels().length()).isLessThanOrEqualTo(1_024);
    assertThat(pods.omitted()).isEqualTo(30 - containers + 40 - kept);
  }

  private static String networks(String json) {
    return ",\"annotations\":{\"other\":\"x\",\"k8s.v1.cni.cncf.io/network-status\":\""
        + json.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n")
        + "\"}";
  }

  @Test
  void readsTheAddressesOfFurtherNetworks() throws IOException {
    String status =
        """
        [{
            "name": "cbr0",
            "interface": "eth0",
            "ips": ["10.0.0.1", "10.0.0.9"],
            "default": true,
            "dns": {}
        },{
            "name": "shop/storage",
            "interface": "net1",
            "ips": ["192.168.7.4", "fd00:7::4"],
            "mac": "aa:bb:cc:dd:ee:ff",
            "dns": {}
        }]\
        """;
    ObservedObject seen = read(pods, pod(networks(status), "", ""));
    assertThat(seen.places().keySet())
        .containsExactlyInAnyOrder(place("10.0.0.1"), place("192.168.7.4"), place("fd00:7::4"));
    assertThat(seen.claimed()).containsExactlyInAnyOrder(place("192.168.7.4"), place("fd00:7::4"));
    assertThat(pods.omitted()).isZero();
    assertThat(read(pods, pod("", "", "")).claimed()).as("of another pod").isEmpty();
  }

  @Test
  void takesNoAddressOfTheInternetFromAnAnnotation() throws IOException {
    ObservedObject seen =
        read(pods, pod(networks("[{\"ips\":[\"8.8.8.8\",\"192.168.7.4\"]}]"), "", ""));
    assertThat(seen.places()).doesNotContainKey(place("8.8.8.8"));
    assertThat(seen.claimed()).containsExactly(place("192.168.7.4"));
    assertThat(pods.omitted()).isEqualTo(1);
  }

  @Test
  void takesNoAnnotationOfAPodOfTheNodesNetwork() throws IOException {
    String status = "[{\"ips\":[\"192.168.7.4\"]}]";
    ObservedObject seen = read(pods, pod(networks(status), ",\"hostNetwork\":true", ""));
    assertThat(seen.places()).isEmpty();
  }

  @Test
  void anAnnotationThatIsNotAListCostsNoMoreThanItself() throws IOException {
    for (String text :
        new String[] {
          "", "7", "[", "[[[", "{}", "[{\"ips\":\"192.168.7.4\"}]", "[{\"ips\":[1]}]"
        }) {
      ObservedObject seen = read(pods, pod(networks(text), "", ""));
      assertThat(seen.places().keySet()).as(text).containsExactly(place("10.0.0.1"));
    }
    assertThat(pods.omitted()).isPositive();
  }

  @Test
  void readsALongAnnotationAsFarAsItIsKept() throws IOException {
    String many =
        IntStream.range(0, 400)
            .mapToObj(i ->
                "{\"name\":\"n\",\"dns\":{\"nameservers\":[\"10.255.255.1\"]},\"ips\":[\"192.168."
                    + i / 250
                    + '.'
                    + i % 250
                    + "\"]}")
            .collect(Collectors.joining(",", "[", "]"));
    ObservedObject seen = read(pods, pod(networks(many), "", ""));
    assertThat(seen.claimed()).hasSize(32);
    assertThat(pods.omitted()).isPositive();
  }

  @Test
  void anAddressThatTheStatusHasIsNotOneOfAnAnnotationAlone() throws IOException {
    ObservedObject seen = read(pods, pod(networks("[{\"ips\":[\"10.0.0.1\"]}]"), "", ""));
    assertThat(seen.places()).hasSize(1);
    assertThat(seen.claimed()).isEmpty();
  }

  @Test
  void countsAddressesOfANodeBeyondItsBound() throws IOException {
    String addresses =
        IntStream.range(0, 40)
            .mapToObj(i -> "{\"type\":\"InternalIP\",\"address\":\"10.1.0." + i + "\"}")
            .collect(Collectors.joining(","));
    NodeReader nodes = new NodeReader();
    ObservedObject seen =
        read(
            nodes,
            "{\"metadata\":{\"name\":\"n1\",\"uid\":\"u\"},\"status\":{\"addresses\":["
                + addresses
                + "]}}");
    assertThat(seen.places()).hasSize(32);
    assertThat(nodes.omitted()).isEqualTo(8);
  }

  @Test
  void countsPortsOfAServiceBeyondItsBound() throws IOException {
    String ports =
        IntStream.range(1, 100)
            .mapToObj(i -> "{\"name\":\"p" + i + "\",\"port\":" + i + '}')
            .collect(Collectors.joining(","));
    ServiceReader services = new ServiceReader();
    ObservedObject seen =
        read(
            services,
            "{\"metadata\":{\"name\":\"s\",\"namespace\":\"shop\",\"uid\":\"u\"},\"spec\":{"
                + "\"clusterIP\":\"10.0.0.7\",\"ports\":["
                + ports
                + "]}}");
    assertThat(seen.places()).hasSize(1 + 64);
    assertThat(services.omitted()).isEqualTo(99 - 64);
  }

  private static ObservedObject node(String annotations, String spec, String reason)
      throws IOException {
    return read(
        new NodeReader(),
        "{\"metadata\":{\"name\":\"n1\",\"uid\":\"u1\",\"annotations\":{"
            + annotations
            + "}},\"spec\":{"
            + spec
            + "},\"status\":{\"addresses\":[{\"type\":\"InternalIP\",\"address\":\"192.0.2.1\"}],"
            + "\"conditions\":[{\"type\":\"NetworkUnavailable\",\"reason\":\""
            + reason
            + "\"},{\"type\":\"Ready\",\"reason\":\"KubeletReady\"}]}}");
  }

  private static final String RANGES =
      "\"podCIDR\":\"10.244.3.0/24\",\"podCIDRs\":[\"10.244.3.0/24\",\"fd00:10:244:3::/64\"]";

  @Test
  void aNodeHasTheFirstAddressesOfItsRangeOfPods() throws IOException {
    for (String reason : List.of("FlannelIsUp", "RouteCreated", "")) {
      ObservedObject seen = node("\"other\":\"x\"", RANGES, reason);
      assertThat(seen.places().keySet())
          .containsExactly(
              place("192.0.2.1"),
              place("10.244.3.0"),
              place("10.244.3.1"),
              place("fd00:10:244:3::"),
              place("fd00:10:244:3::1"));
      assertThat(seen.claimed()).hasSize(4).doesNotContain(place("192.0.2.1"));
      assertThat(seen.places().values()).containsOnly(Owner.node("n1"));
    }
  }

  /** Their pods may have any address of the range. */
  @Test
  void aNodeOfCalicoOrCiliumHasTheAddressesOfItsAnnotationsInstead() throws IOException {
    assertThat(node("", RANGES, "CalicoIsUp").places().keySet()).hasSize(1);
    assertThat(node("", RANGES, "CiliumIsUp").places().keySet()).hasSize(1);
    String calico = "\"projectcalico.org/IPv4VXLANTunnelAddr\":\"10.244.9.64\"";
    assertThat(node(calico, RANGES, "").places().keySet())
        .containsExactly(place("192.0.2.1"), place("10.244.9.64"));
    String cilium = "\"network.cilium.io/ipv4-cilium-host\":\"10.244.3.77\"";
    assertThat(node(cilium, RANGES, "").claimed()).containsExactly(place("10.244.3.77"));
  }

  @Test
  void aRangeThatIsInvalidOrOfTheInternetOrTooSmallNamesNothing() throws IOException {
    for (String range :
        List.of("", "10.0.0.0", "x/24", "10.0.0.0/x", "10.0.0.0/31", "8.8.8.0/24")) {
      assertThat(node("", "\"podCIDR\":\"" + range + '"', "").places().keySet())
          .as(range)
          .containsExactly(place("192.0.2.1"));
    }
    assertThat(node("", "\"podCIDR\":null,\"podCIDRs\":null", "").places()).hasSize(1);
  }
}
