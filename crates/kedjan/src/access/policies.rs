//! The policies of `policies/`, compiled once. A decision depends on the action, the role and the relation to the object
//! alone, all of which are few, so each is evaluated once and then remembered.

use std::collections::HashMap;
use std::str::FromStr;
use std::sync::RwLock;

use cedar_policy::{
    Authorizer, Context, Entities, Entity, EntityUid, PolicySet, Request, RestrictedExpression, Schema, ValidationMode,
    Validator,
};

use super::{Action, Relation, Role};

/// Answers who may do what.
pub struct Policies {
    set: PolicySet,
    schema: Schema,
    decided: RwLock<HashMap<Question, Decision>>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Question {
    action: Action,
    role: Role,
    relation: Relation,
    protected: bool,
}

/// Yes or no, and the policy that said so (`none` where no policy permits).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Whether it may be done.
    pub allowed: bool,
    /// The id of the deciding policy, kept in the audit record as the ground.
    pub policy: String,
}

/// The policy files do not hold.
#[derive(Debug, thiserror::Error)]
#[error("policies: {0}")]
pub struct PolicyError(String);

impl Policies {
    /// The policies shipped in the binary.
    pub fn shipped() -> Result<Policies, PolicyError> {
        Policies::parse(
            include_str!("../../../../policies/kedjan.cedarschema"),
            include_str!("../../../../policies/kedjan.cedar"),
        )
    }

    /// Reads and validates policies against their schema; all that is wrong is said at once.
    pub fn parse(schema: &str, policies: &str) -> Result<Policies, PolicyError> {
        let (schema, _warnings) =
            Schema::from_cedarschema_str(schema).map_err(|e| PolicyError(format!("schema: {e}")))?;
        let parsed = PolicySet::from_str(policies).map_err(|e| PolicyError(e.to_string()))?;
        let mut set = PolicySet::new();
        for policy in parsed.policies() {
            let id =
                policy.annotation("id").ok_or_else(|| PolicyError(format!("policy {} has no @id", policy.id())))?;
            let id = cedar_policy::PolicyId::from_str(id).map_err(|e| PolicyError(e.to_string()))?;
            set.add(policy.new_id(id)).map_err(|e| PolicyError(e.to_string()))?;
        }
        let verdict = Validator::new(schema.clone()).validate(&set, ValidationMode::Strict);
        if !verdict.validation_passed() {
            let all: Vec<String> = verdict.validation_errors().map(ToString::to_string).collect();
            return Err(PolicyError(all.join("; ")));
        }
        Ok(Policies { set, schema, decided: RwLock::new(HashMap::new()) })
    }

    /// Whether `role` may do `action` with an object it stands to in `relation`. An evaluation error denies.
    pub fn decide(&self, action: Action, role: Role, relation: Relation, protected: bool) -> Decision {
        let question = Question { action, role, relation, protected };
        if let Ok(known) = self.decided.read()
            && let Some(decision) = known.get(&question)
        {
            return decision.clone();
        }
        let decision = self.evaluate(question).unwrap_or_else(|| Decision { allowed: false, policy: "error".into() });
        if let Ok(mut known) = self.decided.write() {
            known.insert(question, decision.clone());
        }
        decision
    }

    fn evaluate(&self, q: Question) -> Option<Decision> {
        let principal = EntityUid::from_str("Actor::\"a\"").ok()?;
        let action = EntityUid::from_str(&format!("Action::\"{}\"", q.action.name())).ok()?;
        let actor = Entity::new(
            principal.clone(),
            HashMap::from([("role".to_owned(), RestrictedExpression::new_string(q.role.name().to_owned()))]),
            Default::default(),
        )
        .ok()?;
        let (resource, object) = if q.action.is_about_case() {
            let uid = EntityUid::from_str("Case::\"c\"").ok()?;
            let facts = HashMap::from([
                ("relation".to_owned(), RestrictedExpression::new_string(q.relation.name().to_owned())),
                ("protected".to_owned(), RestrictedExpression::new_bool(q.protected)),
            ]);
            (uid.clone(), Entity::new(uid, facts, Default::default()).ok()?)
        } else {
            let uid = EntityUid::from_str("Desk::\"d\"").ok()?;
            (uid.clone(), Entity::new_no_attrs(uid, Default::default()))
        };
        let entities = Entities::from_entities([actor, object], Some(&self.schema)).ok()?;
        let request = Request::new(principal, action, resource, Context::empty(), Some(&self.schema)).ok()?;
        let response = Authorizer::new().is_authorized(&request, &self.set, &entities);
        let erred = response.diagnostics().errors().next().is_some();
        let allowed = response.decision() == cedar_policy::Decision::Allow && !erred;
        let policy = if erred {
            "error".to_owned()
        } else {
            response.diagnostics().reason().next().map_or_else(|| "none".to_owned(), ToString::to_string)
        };
        Some(Decision { allowed, policy })
    }
}
