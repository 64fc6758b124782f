#include "standardize/identity_guard.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>

#include "standardize/text_shape.h"

namespace mimamori {
namespace {

/// What a column may hold.
struct Form {
  enum Kind : std::uint8_t {
    kMade,    // written or checked by standardize/ itself: keys, standard codes, classes
    kCode,    // a code, other than the patient's number
    kSystem,  // the name of a code system, which has a letter
    kOrder,   // a number of an order or record, which hospitals sometimes put together with the patient's
    kUnit,
    kName,  // what a disease, drug, test or material is called, and values that were looked at before
  } kind = kOrder;
  std::size_t length_max = 64;
};

struct FormOfColumns {
  Form form;
  std::string_view columns;
};

constexpr FormOfColumns kForms[] = {
    {{Form::kMade},
     "patient_key old_key new_key sex source kind origin examination collected_source examined_source "
     "observed_source "
     "days_supply_source value_class value_operator disease_code icd10 icd10_edition hot_code yj_code "
     "jlac10_code "
     "procedure_code procedure_system organism_code drug_code material setting component_kind "
     "interpretation"},
    {{Form::kCode},
     "local_code diet_code class_code value_code organism_local_code drug_local_code usage_code "
     "dispensing_kinds"},
    {{Form::kCode, 6}, "department ward previous_ward sub_id route abnormal_flag"},
    {{Form::kCode, 4},
     "disposition diagnosis_type outcome action allergy_class severity clinical_status meal_type completion "
     "order_control "
     "result_status"},
    {{Form::kSystem, 16}, "local_system diet_system value_system modality"},
    {{Form::kOrder}, "order_number parent_order instance_id"},
    {{Form::kUnit}, "unit received_unit dose_unit total_unit amount_unit"},
    {{Form::kName},
     "disease_name drug_name item_name allergen_name diet_name procedure_name class_name material_name "
     "organism_name "
     "received_value received_range amount"}};

/// The form of a column by its name; the strictest where the name is new here.
Form form_of(std::string_view column) {
  static const std::unordered_map<std::string_view, Form> kByName = [] {
    std::unordered_map<std::string_view, Form> forms;
    for (const auto& [form, columns] : kForms) {
      for (std::string_view rest = columns; !rest.empty();) {
        const std::size_t end = std::min(rest.find(' '), rest.size());
        forms.emplace(rest.substr(0, end), form);
        rest.remove_prefix(std::min(end + 1, rest.size()));
      }
    }
    return forms;
  }();
  const auto known = kByName.find(column);
  return known == kByName.end() ? Form{} : known->second;
}

/// Whether a text has the form of its column.
bool fits(const Form& form, std::string_view text, std::string_view own_number) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  switch (form.kind) {
    case Form::kMade: return true;
    case Form::kCode: return is_code_shaped(text, form.length_max) && !is_patient_number(text, own_number);
    case Form::kSystem: return is_code_shaped(text, form.length_max) && std::ranges::any_of(text, is_letter);
    case Form::kOrder:
      return is_code_shaped(text, form.length_max) && !holds_patient_number(text, own_number);
    case Form::kUnit: return is_unit_shaped(text) && !holds_patient_number(text, own_number);
    case Form::kName: return !holds_phone_number(text) && !holds_patient_number(text, own_number);
  }
  return false;
}

/// Goes through the columns of a row and empties those that hold what does not belong there.
struct Guard {
  std::string_view own_number;
  const RecordContext& context;

  void operator()(const char* column, const std::string& text) const {
    // The row is the caller's to change; its columns() shows it as constant.
    if (!text.empty() && !may_stay(column, text)) const_cast<std::string&>(text).clear();
  }
  void operator()(const char* column, const std::optional<std::string>& text) const {
    if (text && !may_stay(column, *text)) const_cast<std::optional<std::string>&>(text).reset();
  }
  template <class Other>
  void operator()(const char*, const Other&) const {}

 private:
  bool may_stay(const char* column, const std::string& text) const {
    if (fits(form_of(column), text, own_number)) return true;
    context.note("text_not_kept", "info", column,
                 "expected a code, a unit or a name of a thing; it may name a person and is left out");
    return false;
  }
};

}  // namespace

void keep_no_identity(EditedRecord& record, std::string_view own_number, const RecordContext& context) {
  std::visit([&](auto& row) { row.columns(Guard{own_number, context}); }, record);
}

}  // namespace mimamori
