/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.discover;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.core.config.Endpoint;
import io.podtap.core.json.JsonReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is read of objects, and which sensors are chosen. */
final class ResourceTest {

  private static final SensorTarget.Service SERVICE =
      new SensorTarget.Service("service:s/z", "s", "z", "", 0);
  private static final String VXLAN = "{\"name\":\"vxlan\",\"port\":4790,\"protocol\":\"UDP\"}";
  private static final String WEB = "{\"name\":\"web\",\"port\":80,\"protocol\":\"TCP\"}";

  private static ApiObject read(ApiResource resource, String json) {
    try {
      return resource.read(
          new JsonReader(new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8))));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Endpoint endpoint(String text) {
    return Endpoint.parse(text, 4_789);
  }

  private static List<Candidate> pod(String json) {
    return read(new PodResource("run=zeek", 4_789), json).ready();
  }

  @Test
  void aReadyPodIsASensorWithItsAddressesAndNode() {
    assertThat(pod(Objects.pod("a", "n1", true, "10.0.0.3", "fd00::3")))
        .containsExactly(
            new Candidate("a", List.of(endpoint("10.0.0.3"), endpoint("fd00::3")), "n1"));
  }

  @Test
  void aPodThatIsNotReadyNotRunningOrGoingIsNone() {
    String ready = Objects.pod("a", "n1", true, "10.0.0.3");
    assertThat(pod(Objects.pod("a", "n1", false, "10.0.0.3"))).isEmpty();
    assertThat(pod(ready.replace("Running", "Succeeded"))).isEmpty();
    assertThat(pod(Objects.pod("a", "n1", true))).isEmpty();
    assertThat(
            pod(
                ready.replace(
                    "\"namespace\"",
                    "\"deletionTimestamp\":\"2026-01-01T00:00:00Z\",\"namespace\"")))
        .isEmpty();
  }

  @Test
  void slicesGiveReadyEndpointsAndTheUdpPort() {
    String slice =
        Objects.slice(
            "z-1",
            "IPv4",
            WEB + "," + VXLAN,
            Objects.endpoint("10.0.0.3", "a", "n1", "true"),
            Objects.endpoint("10.0.0.4", "b", "n2", "false"),
            Objects.endpoint("10.0.0.5", "c", "n2", "null"));
    assertThat(read(new EndpointSliceResource(SERVICE, "vxlan", 4_789), slice).ready())
        .extracting(one -> one.endpoints().getFirst().toString())
        .containsExactly("10.0.0.3:4790", "10.0.0.5:4790");
    String without = slice.replace("UDP", "SCTP");
    assertThat(read(new EndpointSliceResource(SERVICE, "vxlan", 4_789), without).ready())
        .extracting(one -> one.endpoints().getFirst().port())
        .containsExactly(4_789, 4_789);
    SensorTarget.Service named = new SensorTarget.Service("", "s", "z", "other", 0);
    assertThat(read(new EndpointSliceResource(named, "vxlan", 4_789), slice).ready()).isEmpty();
  }

  @Test
  void aDualStackSensorIsOneAndItsReachableAddressIsTaken() {
    List<Candidate> both = new ArrayList<>();
    for (String json :
        List.of(
            Objects.slice("z-6", "IPv6", VXLAN, Objects.endpoint("fd00::3", "a", "n1", "true")),
            Objects.slice("z-4", "IPv4", VXLAN, Objects.endpoint("10.0.0.3", "a", "n1", "true")))) {
      both.addAll(read(new EndpointSliceResource(SERVICE, "vxlan", 4_789), json).ready());
    }
    assertThat(new SensorChoice("", 1, one -> true).of(both))
        .containsExactly(endpoint("10.0.0.3:4790"));
    assertThat(new SensorChoice("", 1, one -> one.address().getAddress().length == 16).of(both))
        .containsExactly(endpoint("[fd00::3]:4790"));
  }

  @Test
  void sensorsOfTheOwnNodeComeFirst() {
    List<Candidate> three =
        List.of(
            new Candidate("a", List.of(endpoint("10.0.0.1")), "n1"),
            new Candidate("b", List.of(endpoint("10.0.0.2")), "n2"),
            new Candidate("c", List.of(endpoint("10.0.0.3")), "n2"));
    assertThat(new SensorChoice("n2", 1, one -> true).of(three))
        .containsExactly(endpoint("10.0.0.2"), endpoint("10.0.0.3"));
    assertThat(new SensorChoice("n9", 1, one -> true).of(three)).hasSize(3);
    assertThat(new SensorChoice("", 1, one -> true).of(three)).hasSize(3);
  }

  @Test
  void ofTooManySensorsEachTapTakesItsOwnStableFew() {
    List<Candidate> many = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      many.add(
          new Candidate("s" + i, List.of(endpoint("10.0." + i / 250 + "." + (i % 250 + 1))), ""));
    }
    List<Endpoint> one = new SensorChoice("", 1, any -> true).of(many);
    List<Endpoint> other = new SensorChoice("", 2, any -> true).of(many);
    assertThat(one).hasSize(SensorChoice.SENSORS_MAX).isNotEqualTo(other);
    many.removeIf(candidate -> candidate.endpoints().getFirst().equals(one.getFirst()));
    assertThat(new SensorChoice("", 1, any -> true).of(many.reversed()))
        .hasSize(SensorChoice.SENSORS_MAX)
        .containsAll(one.subList(1, one.size()));
  }
}
