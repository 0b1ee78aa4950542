/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.sensor.notice.NoticeTalk;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Attacks in the forms of many tools, packet by packet; and what is harmless and looks like one.
 */
class VariantsTest {

  /** Kinds that go along with others. */
  private static final List<String> NEW =
      List.of("Cluster::New_Edge", "Cluster::New_External_Destination");

  @TestFactory
  Stream<DynamicTest> everyVariantIsFoundAndNothingElse() {
    return Stream.of(
            ShellVariants.all(),
            RequestVariants.all(),
            SecretVariants.all(),
            MinerVariants.all(),
            HarmlessVariants.all())
        .flatMap(List::stream)
        .map(variant ->
            DynamicTest.dynamicTest(
                variant.kinds() + " " + variant.name(), () -> assertFound(variant)));
  }

  private static void assertFound(Variant variant) {
    try (NoticeTalk talk = new NoticeTalk()) {
      variant.talk().accept(talk);
      talk.idle(Duration.ofSeconds(30));
      List<String> found =
          talk.kinds().stream().distinct().filter(kind -> !NEW.contains(kind)).toList();
      assertThat(found).as(variant.name()).containsExactlyInAnyOrderElementsOf(variant.kinds());
    }
  }
}
