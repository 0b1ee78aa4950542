/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podtap.injector.tree.JsonText;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ObjectReaderTest {

  private static ObjectReader reader(String json) throws IOException {
    return new ObjectReader(
        new ByteArrayInputStream(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8)));
  }

  private static List<String> list(String json, Fields fields) throws IOException {
    List<String> items = new ArrayList<>();
    try (ObjectReader reader = reader(json)) {
      ObjectReader.Page page =
          reader.list(fields, (item, isWhole) -> items.add(isWhole + JsonText.write(item)));
      items.add(page.version() + '/' + page.more());
    }
    return items;
  }

  @Test
  void aListIsHandedOnItemByItemWhereverItsMetadataStand() throws Exception {
    String items = "'items': [{'a': 1, 'b': {'c': [true, null, 1.5, 'x']}}, {'a': 2}]";
    String metadata = "'metadata': {'resourceVersion': '7', 'continue': 'next'}";
    for (String json :
        List.of(items + ", " + metadata, metadata + ", 'kind': 'PodList', " + items)) {
      assertThat(list('{' + json + '}', Fields.ALL))
          .containsExactly(
              "true{\"a\":1,\"b\":{\"c\":[true,null,1.5,\"x\"]}}", "true{\"a\":2}", "7/next");
    }
    assertThat(list("{'items': null, 'metadata': {}}", Fields.ALL)).containsExactly("/");
  }

  @Test
  void onlyFieldsThatAreWantedAreKept() throws Exception {
    String json =
        "{'items': [{'metadata': {'name': 'a', 'labels': {'x': 'y'}}, 'spec': {'list': [{'p': 1, 'q': 2}]}}]}";
    Fields some = Fields.NONE.with("metadata", "name").with("spec", "list", "q");
    assertThat(list(json, some).getFirst())
        .isEqualTo("true{\"metadata\":{\"name\":\"a\"},\"spec\":{\"list\":[{\"q\":2}]}}");
    Fields most = Fields.ALL.without("metadata", "labels").without("spec", "list", "p");
    assertThat(list(json, most).getFirst())
        .isEqualTo("true{\"metadata\":{\"name\":\"a\"},\"spec\":{\"list\":[{\"q\":2}]}}");
  }

  @Test
  void anObjectThatIsTooLargeIsCutAndSaidToBe() throws Exception {
    String many = "1,".repeat(ObjectReader.VALUES_MAX) + '1';
    List<String> items =
        list("{'items': [{'many': [" + many + "], 'more': 1}, {'a': 1}]}", Fields.ALL);
    assertThat(items.get(0)).startsWith("false").doesNotContain("more");
    assertThat(items.get(1)).isEqualTo("true{\"a\":1}");
  }

  @Test
  void eventsFollowOneAnother() throws Exception {
    try (ObjectReader reader = reader("{'type': 'ADDED'}\n{'type': 'DELETED'}\n")) {
      assertThat(reader.next(Fields.ALL)).containsEntry("type", "ADDED");
      assertThat(reader.next(Fields.ALL)).containsEntry("type", "DELETED");
      assertThat(reader.next(Fields.ALL)).isNull();
    }
  }

  @Test
  void whatEndsTooEarlyIsAnError() {
    for (String json :
        List.of("{'items': [{'a': 1}", "{'items': [", "{'items': [{'a'", "nonsense")) {
      assertThatThrownBy(() -> list(json, Fields.ALL)).as(json).isInstanceOf(IOException.class);
    }
  }
}
