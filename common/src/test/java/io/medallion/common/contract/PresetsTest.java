package io.medallion.common.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.networknt.schema.InputFormat;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The contracts that ship; what they mean is counted by PresetsIT. */
class PresetsTest {
  static List<String> all() {
    return Presets.NAMES;
  }

  @ParameterizedTest
  @MethodSource("all")
  void eachIsRightForReaderAndEditor(String name) throws IOException {
    assertThat(Contract.read("preset:" + name).version()).isNotNull();
    assertThat(
            JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                .getSchema(Files.readString(Path.of("../docs/contract.schema.json")))
                .validate(Presets.yaml(name), InputFormat.YAML))
        .isEmpty();
  }

  @Test
  void aContractOfOnesOwnBeginsWithOne() {
    Contract own =
        Contracts.of(
            """
            preset: segment
            fields:
              user_id: {from: context.traits.email}
            columns:
              plan: {type: string, from: context.traits.plan}
            optional: strict
            """);

    assertThat(own.columns()).extracting(ContractColumn::name).containsExactly("order_id", "plan");
    assertThat(own.field("user_id").orElseThrow().from())
        .extracting(JsonPath::toString)
        .containsExactly("context.traits.email");
    assertThat(own.field("anonymous_id").orElseThrow().from())
        .extracting(JsonPath::toString)
        .containsExactly("anonymousId");
    assertThat(own.lenient()).isFalse();
    assertThat(own.field("price").orElseThrow().values().lenient()).isFalse();
  }

  @Test
  void oneThatThereIsNotIsToldWithWhatWasMeant() {
    assertThatThrownBy(() -> Contract.read("preset:segmnt"))
        .hasMessageContaining("preset:segmnt is not a valid contract");
    assertThatThrownBy(() -> Contracts.of("preset: segmnt"))
        .extracting("reason")
        .asString()
        .isEqualTo("line 1, column 9: there is no preset 'segmnt'; did you mean segment?");
  }
}
