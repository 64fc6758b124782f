#pragma once

// For tests only: one invented message of every type of a standardized storage, with as many fields as are
// read, after reference/ssmix2.md sections 6 and 9. MSH and PID come before what stands here.

#include <array>
#include <string_view>

namespace mimamori {

struct MessageExample {
  std::string_view type;
  std::string_view code;
  std::string_view segments;
  std::string_view date = "20240612";
};

inline constexpr std::string_view kVisitOrder =
    "PV1|0001|O|08^^^^^C|||||||08||||||||||||||||||||||||||01||||||||20240612085700|20240613101500\n";
inline constexpr std::string_view kOrder =
    "ORC|NW|55||55_01|||||20240612093040|||D0417^霧島^澄子||||||08^内科^HL70069|||||||||||||O^外来^HL70482\n";
inline constexpr std::string_view kMoves =
    "EVN||20240612100000|20240613|||20240612113000\n"
    "PV1|0001|I|6W^601^01^^^N|||5E^512^03^^^N||||08\n"
    "PV2|7N|||||||20240614|20240615||||||||||||||||||||||||||||||||||||||20240620\n";
inline constexpr std::string_view kExamination =
    "PV1|0001|O\n"
    "ORC|NW|55||||||54|20240611100059|||D0417^霧島^澄子||||||24^産科^99XY1||||||||||||O\n"
    "TQ1|1||||||20240612||R^^HL70485\n"
    "OBR||55|54|10000000000000000000000000000000^架空ＣＴ^JJ1017|||202406121135|||||||||D0417^霧島^澄子||||||"
    "202406121200|||F||||54\n"
    "IPC|A1|P1|1.2.3||CT^^DCM\n"
    "OBX|1|NM|01-02^体重^JSHR001|1|62|kg^kg^ISO+||N|||F|||202406121130||D0417^霧島^澄子\n"
    "OBX|2|TX|9A100^所見^99MFR|2|架空の所見||||||F\n"
    "OBX|3|CWE|DE-06^血液型^JSHR|3|B^Ｂ型^JSHR002||||||F\n"
    "NTE|1||架空の注釈\n"
    "ZE1|1|RS|10000002000102000000010000000000^架空胸部造影ＣＴ^JJ1017|||DR|D0417^霧島^澄子|DE-02^薬品^JSHR|"
    "900000401^架空造影剤^HOT9^100^ML&mL&MR9P\n"
    "ZE1|2|RS|1^架空^99KIR|||DR|D0417^霧島^澄子|DE-03^材料^JSHR|4900000000000^架空針^JAN^1^HON&本&MR9P\n";
inline constexpr std::string_view kLabOrder =
    "PV1|0001|I\n"
    "SPM|1|240612660001||023^血清^JC10^S1^血清^99KIR|||||||||||||202406120710\n"
    "ORC|NW|88|||||||20240612183301|||D0417^霧島^澄子|||||15^外科^99XY1||||||||||||I\n"
    "OBR|1|88|77|E002^生化学^99O03|||20240612|||||||||D0417^霧島^澄子||||||20240612120000|||F\n"
    "OBX|1|NM|3B045000002327201^ＡＬＴ^JC10^10222^ＧＰＴ^99KIR|1|21|U/L^U/"
    "L^ISO+|10-42|H|||F|||20240612071000||D0417^霧島^澄子\n"
    "OBX|2|ST|5C070000002302311^ＣＲＰ^JC10||(-)|||N|||F\n"
    "OBX|3|ST|99^備考^99KIR||架空の備考||||||F\n"
    "NTE|1||架空の注釈\n";
inline constexpr std::string_view kMicrobiology =
    "PV1|0001|I\n"
    "SPM|1|240612660001||017^血液^JC10||||LA^左腕^99KIR|||||||||202406120710\n"
    "OBR|1|66|2406|6B010000009974100^培養同定(一般細菌)^JC10|||202406120710|||||||||D0417^霧島^澄子||||||"
    "20240615165800\n"
    "OBX|1|CWE|6B010000009974114^培養同定菌名^JC10|1|2001^E.coli^JANIS||||||F|||202406120800\n"
    "OBX|2|ST|6B010000009974112^培養同定菌量^JC10|1| 2 +||||||F\n"
    "OBR|2|66|2406|6C010000008076200^薬剤感受性検査-MIC^JC10|||202406120710|||||||||||||||20240615165800||||"
    "6B010000009974114&培養同定菌名&JC10^1^E.coli\n"
    "OBX|1|CWE|6C010000008076214^薬剤名^JC10|1|1266^PIPC^JANIS||||||F\n"
    "OBX|2|ST|6C010000008076205^MIC値^JC10|1|> 64|ug/mL^μg/mL^ISO+||R|||F\n";
inline constexpr std::string_view kDrugOrder =
    "PV1|0001|O\n"
    "ORC|NW|55||55_01|||||20240612093040|||D0417^霧島^澄子||||||08^内科^HL70069|||||||||||||O^外来^HL70482\n"
    "RXE||900000101^架空錠^HOT9^K-1^架空錠^99KIR|1||TAB^錠^MR9P||01^粉砕^99KIR|||56|TAB^錠^MR9P||D0417^霧島^"
    "澄子||||||2^TAB&錠&MR9P||"
    "OHP^外来^MR9P||||||||||9999901F1011^架空錠^YJ\n"
    "NTE|1||架空の注釈\n"
    "TQ1|1||1012040400000000&内服&JAMISDP01|||28^d|20240612|20240709\n"
    "RXR|PO^口^HL70162\n"
    "RXC|A|900000102^架空注^HOT9^K-2^架空注^99KIR|10|ML^mL^MR9P\n";
inline constexpr std::string_view kDrugGiven =
    "PV1|0001|O\n"
    "ORC|NW|55||55_01|||||20240612093040|||D0417^霧島^澄子||||||08^内科^HL70069|||||||||||||O^外来^HL70482\n"
    "RXE||900000101^架空錠^HOT9|9\n"
    "TQ1|1||||||20240601\n"
    "RXR|PO^口^HL70162\n"
    "RXA|0|1|20240612073000|20240612073100|900000101^架空錠^HOT9^K-1^架空錠^99KIR|1|TAB^錠^MR9P|||D0417^霧島^"
    "澄子||||||||||CP|A\n"
    "RXR|PO^口^HL70162\n";

inline constexpr std::array kMessageExamples = {
    MessageExample{"ADT-00", "ADT^A08^ADT_A01",
                   "EVN||20240604091455|||D0417^霧島^澄子||KIRI\n"
                   "NK1|1|標^文^^^^^L^I|SPO^配偶者^HL70063|架空県|099-000-1234\n"
                   "PV1|0001|O|08^^^^^C|||||D0417^霧島^澄子\n"
                   "DB1|1|PT||N\n"
                   "OBX|1|NM|9N001000000000001^身長^JC10||171.4|cm^cm^ISO+|||||F\n"
                   "OBX|3|CWE|5H010000001999911^血液型-ABO式^JC10||B^B^JSHR002||||||F\n"
                   "AL1|1|DA^薬剤アレルギー^HL70127|900000777^架空セフェム錠^HOT9^K-7^架空^99KIR|SV^重度^"
                   "HL70128|発疹|20190703\n"
                   "IN1|1|39^高齢者医療^JHSD0001|39990017|||||||記号|番号||20200401|20250331\n",
                   "-"},
    MessageExample{"ADT-00", "ADT^A40^ADT_A39",
                   "EVN||20240611140955||||20240611\nMRG|0047119999^^^^PI|||||||標^文\n", "-"},
    MessageExample{"ADT-12", "ADT^A04^ADT_A01", kVisitOrder},
    MessageExample{"ADT-21", "ADT^A14^ADT_A05", kMoves},
    MessageExample{"ADT-22", "ADT^A01^ADT_A01", kVisitOrder},
    MessageExample{"ADT-41", "ADT^A15^ADT_A15", kMoves},
    MessageExample{"ADT-42", "ADT^A02^ADT_A02", kMoves},
    MessageExample{"ADT-52", "ADT^A03^ADT_A03", kVisitOrder, "20240613"},
    MessageExample{"ADT-61", "ADT^A60^ADT_A60",
                   "EVN||20240611140955|||||KIRI\n"
                   "IAM|1|DA^薬剤アレルギー^HL70127|900000777^架空セフェム錠^HOT9|MO^中等度^HL70128|発疹|A^"
                   "追加^HL70323|||||20190703||20240611|"
                   "標^文|SPO||AC^活動^99KIR\n"
                   "IAM|2|FA^食物^HL70127|J9FC11640000^架空そば^J-FAGY|||D^削除^HL70323\n",
                   "-"},
    MessageExample{
        "PPR-01", "PPR^ZD1^PPR_ZD1",
        "PRB|AD|20240611145800|20990001^架空心房細動^MDCDX2^A1^心房^99M|70001|||20240611||20240620|"
        "I489^^I10^H^入院時^JHSD0004^2013|||1^疑い^JHSD0005|F^治癒^JHSD0006||20240530||1^主診断^JHSD0007\n"
        "ZPR||20990001^架空^MDCDX2|8002^の疑い^MDCDX2\n"
        "ORC|NW|70001|||||||20240611|||D0417^霧島^澄子\n"
        "PRB|AD|20240611145800|L-1^架空疾患^99M|70002|||20240611\n",
        "-"},
    MessageExample{"OMD", "OMD^O03^OMD_O03",
                   "ORC|NW|999999999999999|||||||20240611232213|||D0417^霧島^澄子||||||08^内科^HL70069\n"
                   "TQ1|1||TID&１日３回&HL70335||||2024061207|2024061418|R^ルーチン^HL70485\n"
                   "ODS|D||001^架空減塩食^99XY3|塩分控えめ\n"},
    MessageExample{"OMP-01", "RDE^O11^RDE_O11", kDrugOrder},
    MessageExample{"OMP-02", "RDE^O11^RDE_O11", kDrugOrder},
    MessageExample{"OMP-11", "RAS^O17^RAS_O17", kDrugGiven},
    MessageExample{"OMP-12", "RAS^O17^RAS_O17", kDrugGiven},
    MessageExample{"OML-01", "OML^O33^OML_O33", kLabOrder},
    MessageExample{"OML-11", "OUL^R22^OUL_R22", kLabOrder},
    MessageExample{"OML-12", "OUL^R22^OUL_R22", kMicrobiology},
    MessageExample{"OMG-01", "OMG^O19^OMG_O19", kExamination},
    MessageExample{"OMG-11", "OMI^Z23^OMI_Z23", kExamination},
    MessageExample{"OMG-12", "OMI^Z23^OMI_Z23", kExamination},
    MessageExample{"OMG-13", "ORU^R01^ORU_R01", kExamination},
};

/// MSH and PID of them all; %N stands for the patient's number and %T for the message's type.
inline constexpr std::string_view kMessageHead =
    "MSH|^~\\&|MORI|KIRI|GW|KIRI|20240612091502.417||%T|M0000001|P|2.5||||||UNICODE UTF-8||ISO 2022-1994\n"
    "PID|0001||%N^^^^PI||標^花^^^^^L^I~ﾋｮｳ^ﾊﾅ^^^^^L^P||19610203|F||||||||||||||||||||||||||20240604091455\n";

}  // namespace mimamori
