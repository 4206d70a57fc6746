//! What people say of a trip (评价): three things of one to five stars, and a word.

use thiserror::Error;

/// Longest comment, in characters.
const COMMENT: usize = 300;

/// A rating (评价): the driver's manner, the state of the car, the driving.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rating {
    stars: [u8; 3],
    comment: String,
}

/// What is wrong with a rating.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum RatingError {
    /// Not one to five.
    #[error("a rating has one to five stars")]
    Stars,
    /// Too long.
    #[error("a comment has at most {COMMENT} characters")]
    Comment,
}

impl RatingError {
    /// The stable code of the error.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Stars => "rating.stars",
            Self::Comment => "rating.comment",
        }
    }
}

impl Rating {
    /// Stars for attitude, appearance and driving, in this order.
    pub fn new(stars: [u8; 3], comment: &str) -> Result<Self, RatingError> {
        if !stars.iter().all(|stars| (1..=5).contains(stars)) {
            return Err(RatingError::Stars);
        }
        let comment = comment.trim();
        if comment.chars().count() > COMMENT {
            return Err(RatingError::Comment);
        }
        Ok(Self { stars, comment: comment.to_owned() })
    }

    /// The driver's manner (服务态度).
    pub const fn attitude(&self) -> u8 {
        self.stars[0]
    }

    /// The state of the car (车容车貌).
    pub const fn appearance(&self) -> u8 {
        self.stars[1]
    }

    /// The driving (安全行车).
    pub const fn driving(&self) -> u8 {
        self.stars[2]
    }

    /// Something had no more than so many stars, and words say why: it is looked into like a complaint (D16).
    pub fn is_complaint(&self, at_or_under: u8) -> bool {
        !self.comment.is_empty() && self.stars.iter().any(|stars| *stars <= at_or_under)
    }

    /// What the case of it says (案件内容).
    pub fn as_matter(&self) -> String {
        let [attitude, appearance, driving] = self.stars;
        format!("服务态度{attitude}星，车容车貌{appearance}星，安全行车{driving}星：{}", self.comment)
    }

    /// In words; may be empty.
    pub fn comment(&self) -> &str {
        &self.comment
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_to_five_stars_and_a_word() {
        let rating = Rating::new([5, 4, 1], " 准时 ").unwrap();
        assert_eq!((rating.attitude(), rating.appearance(), rating.driving(), rating.comment()), (5, 4, 1, "准时"));
        assert!(rating.is_complaint(1) && !Rating::new([5, 4, 2], "准时").unwrap().is_complaint(1));
        assert!(!Rating::new([1, 1, 1], " ").unwrap().is_complaint(2), "nothing is said that could be looked into");
        assert_eq!(rating.as_matter(), "服务态度5星，车容车貌4星，安全行车1星：准时");
        assert_eq!(Rating::new([0, 3, 3], "").unwrap_err().code(), "rating.stars");
        assert_eq!(Rating::new([3, 3, 6], "").unwrap_err().code(), "rating.stars");
        assert_eq!(Rating::new([3, 3, 3], &"好".repeat(301)).unwrap_err().code(), "rating.comment");
    }
}
