//! What is changed at random, on the server and in its model.

use serde_json::json;

use super::chance::Chance;
use super::world::World;

impl World {
    /// Changes something.
    pub(super) async fn change(&mut self, chance: &mut Chance) {
        match chance.below(22) {
            0..=5 => self.grant(chance).await,
            6..=7 => self.revoke(chance).await,
            8..=9 => self.join(chance).await,
            10 => self.leave(chance).await,
            11..=15 => self.put(chance).await,
            16 => self.remove(chance).await,
            17 => self.remove_or_make_again(chance).await,
            18..=19 => self.publish_or_unpublish(chance).await,
            _ => self.change_person(chance).await,
        }
    }

    fn subject(&self, chance: &mut Chance) -> String {
        match chance.below(2) {
            0 => chance.one_of(&self.model.people).id.clone(),
            _ => chance.one_of(&self.model.groups).clone(),
        }
    }

    async fn grant(&mut self, chance: &mut Chance) {
        let (subject, role) =
            (self.subject(chance), *chance.one_of(&["reader", "editor", "admin"]));
        let document = chance.one_of(&self.model.documents);
        let collection = &self.model.collections[document.collection];
        let (kind, on, is_there) = match chance.below(3) {
            0 => ("collections", collection.id.clone(), collection.is_there),
            _ => ("documents", document.id.clone(), !document.texts.is_empty()),
        };
        let path = format!("/api/v1/{kind}/{on}/grants/{subject}");
        let granted = self.ada.put(&self.server, &path, &json!({"role": role})).await;
        assert_eq!(granted.status, if is_there { 204 } else { 404 }, "{path}: {}", granted.text());
        if is_there {
            self.model.grants.insert((subject, on));
        }
    }

    async fn revoke(&mut self, chance: &mut Chance) {
        let grants: Vec<_> = self.model.grants.iter().cloned().collect();
        if grants.is_empty() {
            return;
        }
        let (subject, on) = chance.one_of(&grants).clone();
        let kind = if on.starts_with("col_") { "collections" } else { "documents" };
        let path = format!("/api/v1/{kind}/{on}/grants/{subject}");
        assert_eq!(self.ada.delete(&self.server, &path).await.status, 204, "{path}");
        self.model.grants.remove(&(subject, on));
    }

    async fn join(&mut self, chance: &mut Chance) {
        let (group, member) = (chance.one_of(&self.model.groups).clone(), self.subject(chance));
        let is_cycle = group == member || self.model.is_in(&member, &group);
        let path = format!("/api/v1/groups/{group}/members/{member}");
        let joined = self.ada.put(&self.server, &path, &json!({})).await;
        assert_eq!(joined.status, if is_cycle { 409 } else { 204 }, "{path}: {}", joined.text());
        if !is_cycle {
            self.model.members.insert((group, member));
        }
    }

    async fn leave(&mut self, chance: &mut Chance) {
        let members: Vec<_> = self.model.members.iter().cloned().collect();
        if members.is_empty() {
            return;
        }
        let (group, member) = chance.one_of(&members).clone();
        let path = format!("/api/v1/groups/{group}/members/{member}");
        assert_eq!(self.ada.delete(&self.server, &path).await.status, 204, "{path}");
        self.model.members.remove(&(group, member));
    }

    async fn remove(&mut self, chance: &mut Chance) {
        let place = chance.below(self.model.documents.len());
        let document = &self.model.documents[place];
        if document.texts.is_empty() || document.container.is_some() {
            return;
        }
        let path = format!("/api/v1/documents/{}", document.id);
        assert_eq!(self.ada.delete(&self.server, &path).await.status, 204, "{path}");
        for other in 0..self.model.documents.len() {
            if other == place || self.model.documents[other].container == Some(place) {
                self.forget(other);
            }
        }
    }

    /// Forgets the texts of a document and who may read it.
    fn forget(&mut self, place: usize) {
        let document = &mut self.model.documents[place];
        document.texts.clear();
        document.inner_texts.clear();
        let id = document.id.clone();
        self.model.grants.retain(|(_, on)| *on != id);
    }

    async fn remove_or_make_again(&mut self, chance: &mut Chance) {
        // What is gone comes back before anything else goes.
        let gone = self.model.collections.iter().position(|collection| !collection.is_there);
        let place = gone.unwrap_or_else(|| chance.below(self.model.collections.len()));
        let (id, name) =
            (self.model.collections[place].id.clone(), self.model.collections[place].name);
        if !self.model.collections[place].is_there {
            let made = self.post("/api/v1/collections", &json!({"name": name})).await;
            assert_eq!(made.json()["id"], *id, "{}", made.text());
            self.model.collections[place].is_there = true;
            return;
        }
        let path = format!("/api/v1/collections/{id}");
        assert_eq!(self.ada.delete(&self.server, &path).await.status, 204, "{path}");
        self.model.collections[place].is_there = false;
        self.model.collections[place].is_public = false;
        self.model.grants.retain(|(_, on)| *on != id);
        for document in 0..self.model.documents.len() {
            if self.model.documents[document].collection == place {
                self.forget(document);
            }
        }
    }

    async fn publish_or_unpublish(&mut self, chance: &mut Chance) {
        let place = chance.below(self.model.collections.len());
        let collection = &self.model.collections[place];
        let is_public = !collection.is_public;
        let path = format!("/api/v1/collections/{}", collection.id);
        let changed = self.ada.patch(&self.server, &path, &json!({"public": is_public})).await;
        let status = if collection.is_there { 200 } else { 404 };
        assert_eq!(changed.status, status, "{path}: {}", changed.text());
        let collection = &mut self.model.collections[place];
        collection.is_public = collection.is_there && is_public;
    }

    async fn change_person(&mut self, chance: &mut Chance) {
        let place = chance.below(self.model.people.len());
        let person = &self.model.people[place];
        let path = format!("/api/v1/users/{}", person.id);
        let wanted = match chance.below(4) {
            _ if person.is_disabled => json!({"disabled": false}),
            0 => json!({"disabled": true}),
            _ if person.has_role => json!({"role": null}),
            _ => json!({"role": *chance.one_of(&["reader", "editor"])}),
        };
        let changed = self.ada.patch(&self.server, &path, &wanted).await;
        assert_eq!(changed.status, 200, "{wanted}: {}", changed.text());
        let changed = changed.json();
        let person = &mut self.model.people[place];
        person.is_disabled = changed["disabled"] == true;
        person.has_role = !changed["role"].is_null();
        self.renew(place).await;
    }
}
